// Makes the report of a canary an issue: opened once, then brought up to date, and closed when nothing breaks any more.
const fs = require("fs");

const REPORT = "build/canary/report.md";
const LONGEST = 60000; // letters; GitHub takes 65536
const GREEN = "# The canary: nothing broke";

module.exports = async ({ github, context, tried, report = REPORT }) => {
  if (!fs.existsSync(report)) return; // it ended before it had tried anything: the job itself is red
  const said = fs.readFileSync(report, "utf8");
  const { issues } = github.rest;
  const title = `Canary, ${tried}`;
  const open = await github.paginate(issues.listForRepo, { ...context.repo, state: "open", creator: "github-actions[bot]" });
  const known = open.find((issue) => issue.title === title);
  const run = `${context.serverUrl}/${context.repo.owner}/${context.repo.repo}/actions/runs/${context.runId}`;
  const body = `[The run, with its logs and its lock](${run})\n\n${said.slice(0, LONGEST)}`;
  if (said.startsWith(GREEN)) {
    if (known) await issues.update({ ...context.repo, issue_number: known.number, body, state: "closed" });
  } else if (known) {
    await issues.update({ ...context.repo, issue_number: known.number, body });
  } else {
    await issues.create({ ...context.repo, title, body });
  }
};
