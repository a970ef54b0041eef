import Runs
import Terminal

// How the explorer looks and listens: theme, mouse, and keeping both.
extension Keymap {
  static let lookActions: [Action] = [
    Action(
      name: "theme", form: "THEME", section: .general, summary: "colours, by name"
    ) { app, invocation throws(CommandLineError) in try app.useTheme(invocation) },
    Action(
      name: "mouse", form: "[on|off]",
      keys: keys("M"), section: .general, summary: "mouse here, or to select"
    ) { app, invocation throws(CommandLineError) in try app.useMouse(invocation) },
    Action(
      name: "keep", section: .general, summary: "keep theme and mouse"
    ) { app, _ in
      [.keep(theme: app.desk.settings.theme, mouse: app.desk.settings.hasMouse)]
    },
  ]
}

extension App {
  fileprivate mutating func useTheme(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let names = [Theme.automatic] + Theme.all.map(\.name)
    let word = invocation.words?.first ?? ""
    if word == Theme.automatic {
      desk.settings.theme = word
      desk.say("theme auto: dark or light, as the terminal is; :keep keeps it")
      return [.useBackground]
    }
    guard !word.isEmpty else { throw .usage("theme \(names.joined(separator: "|"))", found: "") }
    guard let theme = Theme.named(word) else {
      throw .unknownName(kind: "theme", name: word, near: nearest(to: word, in: names))
    }
    desk.settings.theme = theme.name
    desk.say("theme \(theme.name): \(theme.summary); :keep keeps it")
    return [.use(theme)]
  }

  fileprivate mutating func useMouse(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let word = invocation.words?.first
    guard word == nil || word == "on" || word == "off" else {
      throw .usage("mouse [on|off]", found: word ?? "")
    }
    let isOn = word.map { $0 == "on" } ?? !desk.settings.hasMouse
    desk.settings.hasMouse = isOn
    desk.say(isOn ? "the mouse acts here" : "the mouse is the terminal's: text can be selected")
    return [.useMouse(isOn)]
  }
}
