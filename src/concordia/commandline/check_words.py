"""What `concordia check` says by itself: the steps it takes, and what is wrong with a call; nl and en."""

STEPS = {
    "nl": {
        "schema": "De berichten worden aan het schema getoetst",
        "reference": "De lijsten worden gelezen",
        "rows": "De rijen worden bekeken",
        "quarantine": "De foute rijen worden apart gezet",
        "key": "De sleutels worden vergeleken",
        "profile": "De kolommen worden samengevat",
    },
    "en": {
        "schema": "Holding the messages against the schema",
        "reference": "Reading the lists",
        "rows": "Looking at the rows",
        "quarantine": "Putting the failing rows aside",
        "key": "Comparing the keys",
        "profile": "Summing up the columns",
    },
}
WORDS = {
    "nl": {
        "object": "Dit contract gaat over meer dan één tabel. Noem er één met --object: {names}.",
        "no_object": "Dit contract noemt geen tabel (schema). Er is niets om te controleren.",
        "reference": "Geef een lijst als --reference NAAM=BESTAND.",
        "no_file": "{file}: dit bestand is er niet. Controleer de naam.",
        "previous": "{file}: dit is geen resultaat van een eerdere controle.",
        "quarantine": "Geef --quarantine een bestand dat eindigt op .csv, .parquet of .jsonl.",
        "no_folder": "{file}: deze map is er niet. Maak haar eerst.",
        "own_file": "{file}: dit is een bestand van de levering zelf. Kies een andere naam.",
        "quarantined": "Foute rijen apart gezet: {rows}, in {file}.",
        "quarantined_more": "De eerste {rows} foute rijen staan in {file}; er zijn er meer. "
        "Vraag er meer met --quarantine-rows.",
        "nothing_quarantined": "Er zijn geen rijen in {file} gezet: de levering kon niet worden gelezen.",
        "not_written": "Er is niets van bewaard. Maak ruimte of kies een andere plaats.",
        "server": "Deze server staat niet in het contract. Kies uit: {names}.",
        "not_on_spark": "{option} kan alleen met --engine embedded. Laat het weg, of controleer hier.",
        "memory": "Geef geheugen als 512MB of 2GB, en minstens 192MB.",
    },
    "en": {
        "object": "This contract is about more than one table. Name one with --object: {names}.",
        "no_object": "This contract names no table (schema). There is nothing to check.",
        "reference": "Give a list as --reference NAME=FILE.",
        "no_file": "{file}: this file is not there. Check its name.",
        "previous": "{file}: this is no result of an earlier check.",
        "quarantine": "Give --quarantine a file that ends in .csv, .parquet or .jsonl.",
        "no_folder": "{file}: this folder is not there. Make it first.",
        "own_file": "{file}: this is a file of the delivery itself. Choose another name.",
        "quarantined": "Failing rows put aside: {rows}, in {file}.",
        "quarantined_more": "The first {rows} failing rows are in {file}; there are more. "
        "Ask for more with --quarantine-rows.",
        "nothing_quarantined": "No rows were put in {file}: the delivery could not be read.",
        "not_written": "Nothing of it was kept. Make room or choose another place.",
        "server": "This server is not in the contract. Choose from: {names}.",
        "not_on_spark": "{option} works only with --engine embedded. Leave it out, or check here.",
        "memory": "Give memory as 512MB or 2GB, and at least 192MB.",
    },
}
