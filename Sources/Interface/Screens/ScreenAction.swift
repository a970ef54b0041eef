import Runs
import Terminal

/// Something a person can do on one screen: keys, command name, help text and effect in one place.
struct ScreenAction<S: Screen>: Sendable {
  typealias Handler =
    @Sendable (inout S, inout Desk, Action.Invocation) throws(CommandLineError) -> [Effect]

  /// The words that start it from the command line, from every screen.
  let name: String
  /// What may follow the name, as shown to a person: `TASK [on|off]`; `…` for any number of words.
  var form = ""
  /// The same by type, where the words of `form` do not say enough; one of these forms.
  var takes: [[CommandArgument]] = []
  /// Each a chord of one key or more.
  var keys: [[Key]] = []
  var section = Action.Section.view
  /// Which numbers may be typed before the key.
  var count = Action.Count.none
  /// One or two words for the row of hints; nil to leave it out there.
  var hint: String?
  /// The word for the row of hints while the key does another thing.
  var hintNow: @Sendable (S, Desk) -> String? = { _, _ in nil }
  /// A few words for help.
  let summary: String
  /// Whether the typed command leaves the screen that is shown, though it belongs to another one.
  var staysHere = false
  /// Why it cannot be done just now.
  var whyNot: @Sendable (S, Desk) -> String? = { _, _ in nil }
  let run: Handler
}

// MARK: - Erasure

extension Screen {
  /// The actions as those of an app in whose list the screen has this index.
  func actions(at index: Int) -> [Action] { Self.actions.map { $0.action(at: index) } }
}

extension ScreenAction {
  fileprivate func action(at index: Int) -> Action {
    Action(
      name: name, form: form, takes: takes,
      keys: keys, scope: .screen(index), section: section, count: count, hint: hint,
      hintNow: { [hintNow] app in app.screen(at: index, S.self).flatMap { hintNow($0, app.desk) } },
      summary: summary, staysHere: staysHere,
      whyNot: { [whyNot] app in app.screen(at: index, S.self).flatMap { whyNot($0, app.desk) } }
    ) { [run] app, invocation throws(CommandLineError) in
      guard var screen = app.screen(at: index, S.self) else { return [] }
      let effects = try run(&screen, &app.desk, invocation)
      app.screens[index] = screen
      return effects
    }
  }
}

extension App {
  /// The screen at an index, if it is of this type.
  fileprivate func screen<S: Screen>(at index: Int, _ type: S.Type) -> S? {
    screens.indices.contains(index) ? screens[index] as? S : nil
  }

  /// The first screen of a type.
  func screen<S: Screen>(_ type: S.Type) -> S? { screens.lazy.compactMap { $0 as? S }.first }
}
