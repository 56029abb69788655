"""One executor and one record of an execution, used by run, build and test."""
