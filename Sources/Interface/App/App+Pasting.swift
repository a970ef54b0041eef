import Terminal

// Pasted text: fields take it, and nothing else does. It never acts as keys.
extension App {
  /// Puts pasted text into the field that is being typed in.
  mutating func paste(_ text: String) {
    switch mode {
    case .command(var line):
      line.insert(text)
      mode = .command(line)
    case .help(var panel):
      panel.search.insert(text)
      panel.scroll = 0
      mode = .help(panel)
    case .prompt(var prompt):
      prompt.complaint = nil
      prompt.editor.insert(text)
      mode = .prompt(prompt)
    case .choice(var choice):
      choice.filter.insert(text)
      choice.selected = 0
      mode = .choice(choice)
    case .normal, .question: ignorePaste()
    }
  }

  /// Says that text was not taken for keys.
  mutating func ignorePaste() {
    keyInput = KeyInput()
    say("pasted text is not taken for keys; : begins a command", .warning)
  }

  /// Whether the next character goes into a field rather than being a key.
  var isTakingText: Bool {
    switch mode {
    case .normal, .question: false
    // In an empty search two characters close the help.
    case .help(let panel): !panel.search.text.isEmpty
    case .command, .prompt, .choice: true
    }
  }
}

extension CommandLine {
  /// Puts text where the cursor is.
  mutating func insert(_ text: String) {
    editor.insert(text)
    candidates = []
    chosen = nil
  }
}
