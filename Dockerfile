# JupyterLab with the whole course. See docs/start.md.
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 student \
 && install --directory --owner student --group student /home/student/finetuning-course
USER student
WORKDIR /home/student/finetuning-course
COPY --chown=student . .

# torch for the CPU. With an NVIDIA card: docker build --build-arg PIP_EXTRA_INDEX_URL= .
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1
RUN python course_tools/setup/bootstrap.py

EXPOSE 8888
CMD [".venv/bin/jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser", "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"]
