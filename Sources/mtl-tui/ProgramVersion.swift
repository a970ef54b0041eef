/// The program's version: `--version` and the manual print it, runs and exported models name it.
let programVersion = "0.1.0"
