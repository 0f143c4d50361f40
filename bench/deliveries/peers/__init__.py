"""Programs that give the measured rules to tools of others. Each runs in an environment that holds that tool alone.

`PROGRAM FOLDER ANSWER`: FOLDER holds `lines.parquet`, the lists and `rules.json`; the ANSWER gets, as JSON, the
count of each rule by its name under `counts`. A rule that the tool has no way to say is left out.
"""
