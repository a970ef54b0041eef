import ArgumentParser
import Models

/// `mtl-tui models`: what can be trained.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models with their papers and options.")

  @Flag(help: "Print one JSON array.") var json = false

  func run() throws {
    try StandardOutput.writeLine(json ? Self.json : Self.text)
  }

  private static var text: String {
    ModelRegistry.entries.map { entry in
      let options = entry.options.map {
        "      --set model.\($0.name)=\($0.defaultValue)  \($0.summary)"
      }
      let lines = ["\(entry.name)  (\(entry.title))", "    \(entry.summary)", "    \(entry.paper)"]
      return (lines + options).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static var json: String {
    let entries = ModelRegistry.entries.map { entry in
      object([
        ("name", quoted(entry.name)), ("title", quoted(entry.title)),
        ("paper", quoted(entry.paper)), ("summary", quoted(entry.summary)),
        (
          "options",
          object(
            entry.options.map {
              (
                $0.name,
                object([("default", quoted($0.defaultValue)), ("summary", quoted($0.summary))])
              )
            })
        ),
      ])
    }
    return "[" + entries.joined(separator: ",") + "]"
  }
}
