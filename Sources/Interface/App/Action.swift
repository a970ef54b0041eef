import Runs
import Terminal

/// Something a person can do: keys, command name, help text and effect in one place.
///
/// Footer, help, command line and the table in the manual are made from these values.
struct Action: Sendable {
  /// Where the keys hold.
  enum Scope: Sendable, Hashable {
    case everywhere
    /// On the screens that take these keys.
    case group(KeyGroup)
    /// On one screen, by its index in the list of screens.
    case screen(Int)
  }

  /// Where help lists it.
  enum Section: String, Sendable, CaseIterable {
    case training = "Training"
    case view = "This screen"
    case curves = "Curves"
    case moving = "Moving"
    case general = "Everywhere"
  }

  /// Which numbers may be typed before a key.
  enum Count: Sendable {
    case none
    /// Those with a digit that is no screen's, as 10 or 28; digits of screens show their screens.
    case most
    /// Any; the screen that the digits showed is left again.
    case all
  }

  /// How an action was started.
  struct Invocation: Sendable {
    /// The number typed before the key.
    var count: Int?
    /// The words typed after the name; nil if a key was pressed.
    var words: [String]?

    var times: Int { max(1, min(count ?? 1, 10_000_000)) }
  }

  typealias Handler = @Sendable (inout App, Invocation) throws(CommandLineError) -> [Effect]

  /// The words that start it from the command line.
  let name: String
  /// What may follow the name, as shown to a person: `TASK [on|off]`; `…` for any number of words.
  var form = ""
  /// The same by type, where the words of `form` do not say enough; one of these forms.
  var takes: [[CommandArgument]] = []
  /// Each a chord of one key or more.
  var keys: [[Key]] = []
  /// What help shows in place of the keys' names.
  var shownKeys: String?
  var scope = Scope.everywhere
  var section = Section.general
  /// Which numbers may be typed before the key.
  var count = Count.none
  /// One or two words for the row of hints; nil to leave it out there.
  var hint: String?
  /// The word for the row of hints while the key does another thing.
  var hintNow: @Sendable (App) -> String? = { _ in nil }
  /// A few words for help.
  let summary: String
  /// Whether the typed command leaves the screen that is shown, though it belongs to another one.
  var staysHere = false
  /// Why it cannot be done just now.
  var whyNot: @Sendable (App) -> String? = { _ in nil }
  let run: Handler
}

/// Keys of the table for all screens that only some screens take.
enum KeyGroup: Sendable, Hashable {
  /// Weight, solo and all: where a task is selected.
  case tasks
  /// Space: where switching a task on or off is seen.
  case taskSwitch
  /// Enter and z: where a part can have the whole screen.
  case large
}

/// Why a typed command was not done.
enum CommandLineError: Error, Equatable {
  /// No command of this name.
  case unknown(String, near: String?)
  /// No task, gate, column or screen of this name.
  case unknownName(kind: String, name: String, near: String?)
  /// The model is fitted as a whole, so that nothing of how a run is trained can be set.
  case noSetting(String, model: String, takes: [String])
  /// The command needs more, or other, words.
  case usage(String, found: String)
  /// A line that cannot be read.
  case malformed(CommandError)
}

extension CommandLineError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unknown(let name, let near):
      "no command '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "; Tab lists them")
    case .unknownName(let kind, let name, let near):
      "no \(kind) '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "; Tab lists them")
    case .noSetting(let name, let model, let takes):
      "\(model) is fitted as a whole, not step by step: it has no '\(name)'; "
        + (takes.isEmpty ? "nothing is set about it" : "it takes \(takes.joined(separator: ", "))")
    case .usage(let form, let found):
      "found '\(found)'; write: \(form)"
    case .malformed(let error): error.description + (error.hasNoNearName ? "; Tab lists them" : "")
    }
  }
}

// MARK: - Key names

extension Key {
  /// The key as help writes it: `Space`, `C-r`, `PgDn`.
  var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let letter): "C-\(letter)"
    case .enter: "Enter"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "S-Tab"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .insert: "Ins"
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .function(let number): "F\(number)"
    case .resize, .unknown, .paste, .mouse: ""
    }
  }
}

extension Action {
  /// The keys as help writes them: `gt`, `u C-r`.
  var keyNames: String {
    shownKeys ?? keys.map { $0.map(\.name).joined() }.joined(separator: " ")
  }

  /// The command as it is typed: the engine's own, or this one's.
  var entry: CommandEntry {
    CommandTable.engine[name]
      ?? (takes.isEmpty
        ? CommandEntry(name, form: form, summary: summary)
        : CommandEntry(name, takes, summary: summary))
  }

  /// The name and what may follow it.
  var usage: String { entry.usage }
}

extension CommandError {
  /// Whether it is about a name that nothing is near to.
  fileprivate var hasNoNearName: Bool {
    switch self {
    case .unknown(_, nil), .unknownName(_, _, nil): true
    default: false
    }
  }
}
