"""The rules of a contract on a Spark that somebody else runs: its own form of SQL, the same counts."""
