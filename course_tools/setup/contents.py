"""How JupyterLab reads notebooks here: opened, and nothing done, they are not marked as changed."""

from ipykernel.ipkernel import IPythonKernel
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class Contents(AsyncLargeFileManager):
    """Files as they are, but for what JupyterLab itself writes into each Python notebook: the kernel's `language_info`.

    It holds the exact version of Python, so a stored notebook cannot know it.
    """

    async def get(self, path, content=True, *more, **named):
        """Return the model of a file, as the manager of JupyterLab does."""
        model = await super().get(path, content, *more, **named)
        metadata = model["content"]["metadata"] if content and model["type"] == "notebook" else {}
        if metadata.get("language_info", {}).get("name") == "python":
            metadata["language_info"] = dict(IPythonKernel.language_info)
        return model
