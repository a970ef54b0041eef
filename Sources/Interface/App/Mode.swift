import Runs
import Terminal

/// What keys mean just now.
enum Mode: Sendable, Equatable {
  /// Keys are looked up in the table of actions.
  case normal
  /// A command is being typed.
  case command(CommandLine)
  /// The keys are being read about.
  case help(HelpPanel)
  /// A question waits for yes or no.
  case question(Question)
  /// A value is being typed.
  case prompt(Prompt)
  /// One of several names is being chosen.
  case choice(Choice)
  /// A text is being typed that the list of the screen must contain.
  case filter(LineEditor)
}

/// A question with one harmless answer, Escape.
struct Question: Sendable, Equatable {
  var title: String
  var lines: [String]
  /// What `y` does, in words.
  var yes: String
  var effects: [Effect]
}

/// An action that still needs its last word, which a prompt or a choice asks for.
struct AskedAction: Sendable, Equatable {
  /// Its name.
  var action: String
  /// The words before the one that is asked for.
  var words: [String] = []
}

/// A value that is being typed.
struct Prompt: Sendable, Equatable {
  /// What the value is for.
  var asked: AskedAction
  var title: String
  var editor: LineEditor
  /// Why the last value was not taken.
  var complaint: String?
  /// Whether blanks belong to the value, as in the name of a column; numbers have none.
  var keepsBlanks = false

  /// The value as it was typed.
  var word: String {
    let words = editor.text.split(separator: " ")
    return words.joined(separator: keepsBlanks ? " " : "")
  }
}

/// One of several names.
struct Choice: Sendable, Equatable {
  /// What the name is for.
  var asked: AskedAction
  var title: String
  var names: [String]
  var selected: Int
  /// Only names that contain it are shown.
  var filter = LineEditor()

  /// The names that pass the filter.
  var shown: [String] { names.filter { $0.passes(filter.text) } }
}

/// The keys of a chord that is not complete, and a count that was typed before it.
struct KeyInput: Sendable {
  var chord: [Key] = []
  var count: Int?
  /// When the count was last typed on.
  var countedAt = 0.0
  /// Whether every digit so far is a screen's: then they have shown it, and only a key that takes
  /// any count leaves it again.
  private(set) var namesScreens = true
  /// The place of the screen that was shown before the first digit.
  var screenBefore: Int?

  /// Seconds after which digits are no longer a count.
  static let countSeconds = 0.8

  /// Takes in a further digit of the count.
  mutating func add(_ digit: Int, at time: Double, screens: Int) {
    let isScreen = (1...max(1, screens)).contains(digit)
    namesScreens = isScreen && (count == nil || namesScreens)
    count = min((count ?? 0) * 10 + digit, 1_000_000_000)
    countedAt = time
  }

  /// Forgets the count.
  mutating func endCount() {
    count = nil
    screenBefore = nil
  }
}

extension Key {
  /// The digit, if it is one.
  var digit: Int? { character.flatMap { $0.isASCII ? $0.wholeNumberValue : nil } }
}

extension String {
  /// Whether it contains a text, in upper or lower case; everything contains an empty one.
  func passes(_ filter: String) -> Bool {
    filter.isEmpty || lowercased().contains(filter.lowercased())
  }
}
