import ArgumentParser
import Objectives

/// `mtl-tui balancers`: how the tasks' losses and gradients can be put together.
struct BalancersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balancers",
    abstract: "List how tasks can be balanced, with papers and options.",
    discussion: """
      What a balancer must see before it weighs a step says what the step costs: nothing and losses one \
      backward pass, gram, array norms or entries a backward pass for each task, losses again (those \
      after the update, by which FAMO is defined) one more forward pass. Options that are live may be changed while the model trains.
      """)

  @Flag(help: "Print one JSON array.") var json = false

  func run() throws {
    try StandardOutput.writeLine(json ? Self.json : Self.text)
  }

  static var text: String {
    BalancerRegistry.entries.map { entry in
      let sees =
        entry.sees.names.isEmpty
        ? "nothing before it weighs" : entry.sees.names.joined(separator: ", ")
      let options = entry.options.map { option in
        "      --set balancer.\(option.name)=\(option.defaultValue)  \(option.summary)"
          + (option.isLive ? " (live)" : "")
      }
      let lines = [
        "\(entry.about.name)  (\(entry.about.title))", "    \(entry.about.summary)",
        "    \(entry.about.paper)", "    sees: \(sees)",
      ]
      return (lines + options).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  static var json: String {
    let entries = BalancerRegistry.entries.map { entry in
      object([
        ("name", quoted(entry.about.name)), ("title", quoted(entry.about.title)),
        ("paper", quoted(entry.about.paper)), ("summary", quoted(entry.about.summary)),
        ("sees", "[" + entry.sees.names.map(quoted).joined(separator: ",") + "]"),
        (
          "options",
          object(
            entry.options.map { option in
              (
                option.name,
                object([
                  ("default", quoted(option.defaultValue)), ("takes", quoted(option.expected)),
                  ("summary", quoted(option.summary)), ("live", option.isLive ? "true" : "false"),
                ])
              )
            })
        ),
      ])
    }
    return "[" + entries.joined(separator: ",") + "]"
  }
}
