/// What the manual page says besides commands, options and keys.
enum ManualFacts {
  /// What the program is.
  static let description = """
    mtl-tui trains multi-task recommendation models and shows what happens inside them while they \
    learn: each task's loss, which experts each gate chooses, which weights each task keeps, what \
    happens to the others when a task is switched off. Without a command it opens the explorer on a \
    small made log.

    Results go to standard output, messages and progress to standard error.
    """

  /// How the program ends.
  static let exits: [(status: String, meaning: String)] = [
    ("0", "a run to its end; also `train` ended by Ctrl-C (130 before the first step)"),
    ("1", "a loss or a parameter stopped being a number"),
    (
      "2",
      "the data, the model's options, files, or the machine's limits (memory, threads) are at fault; "
        + "a model of `compare` could not be trained"
    ),
    ("64", "a wrong command line"),
    ("74", "results could not be written to stdout: the disk is full, or it is closed"),
    (
      "128 + n",
      "signal n, such as 130 for Ctrl-C (`compare`, `study`), 143 for SIGTERM, 129 for SIGHUP"
    ),
  ]

  /// What it reads of its surroundings.
  static let environment: [(name: String, meaning: String)] = [
    ("NO_COLOR", "if it is set, the screen has no colours (unless --color says which)"),
    ("TERM", "the terminal's kind, which says what it can do"),
    ("COLORFGBG, TMUX", "whether the background is light; whether copying goes through tmux"),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME, HOME", "where the files below lie that a person keeps"),
    ("LC_ALL, LC_CTYPE, LANG", "whether the terminal shows more than ASCII"),
  ]

  /// What it reads and writes of a person's.
  static let files: [(name: String, meaning: String)] = [
    (
      "$XDG_CONFIG_HOME/mtl-tui/config.yaml, else ~/.config/mtl-tui/config.yaml",
      "how the explorer looks and which keys it has"
    ),
    (
      "$XDG_STATE_HOME/mtl-tui/history, else ~/.local/state/mtl-tui/history",
      "the lines typed behind `:`, a hundred at most"
    ),
    (
      "$XDG_STATE_HOME/mtl-tui/runs, else ~/.local/state/mtl-tui/runs",
      "a folder for each run: settings, journal, losses, scores, checkpoints; see `runs`"
    ),
    ("mtl-tui-results/runs.jsonl", "the runs of `compare` and `study` that have ended; see --out"),
  ]

  /// Lines to try.
  static let examples: [(words: String, line: String)] = [
    ("Watch a model learn a made log:", "mtl-tui"),
    (
      "Train without a screen, switch a task off for a while, keep the results:",
      "mtl-tui train --model mmoe --at '500:task click off' --at '900:task click on' --json > run.json"
    ),
    (
      "Compare three models under five seeds:",
      "mtl-tui compare --models hard-sharing,mmoe,ple --seeds 5 --markdown"
    ),
    ("Guess a schema of a log of your own:", "mtl-tui data infer log.csv --out log.yaml"),
  ]
}
