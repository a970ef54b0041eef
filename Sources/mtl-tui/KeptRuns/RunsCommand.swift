import ArgumentParser
import Datasets
import Foundation
import Store

/// `mtl-tui runs`: what was kept of runs.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, compare, tag and remove the runs that were kept.",
    discussion: """
      A run is named by its id, by the beginning of one, by 'last' or by the path of its folder.
      """,
    subcommands: [
      ListCommand.self, ShowCommand.self, CompareRunsCommand.self, PathCommand.self,
      TagCommand.self, RemoveCommand.self,
    ],
    defaultSubcommand: ListCommand.self)
}

/// Where runs are looked for.
struct RunsPlace: ParsableArguments {
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp(
      "The folder of the runs, as given to train --out.", valueName: "dir"),
    completion: .directory)
  var folder: String?

  func validate() throws {
    if folder == "" { throw ValidationError("--in needs a folder.") }
  }

  /// The folder that holds the runs.
  func collection() throws(Failure) -> RunCollection {
    if let folder { return RunCollection(path: DataFiles.expandingHome(folder)) }
    return try attempting { () throws(StoreError) in try RunCollection() }
  }

  /// The run that a person means.
  func run(_ name: String) throws(Failure) -> RunFolder {
    let collection = try collection()
    return try attempting { () throws(StoreError) in try collection.find(name) }
  }
}

/// Says what is wrong with a run's files as a failure of the program.
func attempting<Value>(_ body: () throws(StoreError) -> Value) throws(Failure) -> Value {
  do throws(StoreError) { return try body() } catch { throw Failure(message: "\(error)") }
}

/// `mtl-tui runs path`: where a run's folder is.
struct PathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print the path of a run's folder.")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: ShellCompletion.runs)
  var name: String
  @OptionGroup var home: RunsPlace
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let folder = try home.run(name)
    try StandardOutput.writeLine(
      json ? object([("id", quoted(folder.id)), ("path", quoted(folder.path))]) : folder.path)
  }
}

/// `mtl-tui runs tag`: what a person calls a run.
struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give a run tags, take some from it, or print them.")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: ShellCompletion.runs)
  var name: String
  @Argument(help: "Tags to give.") var tags: [String] = []
  @Option(name: .long, parsing: .upToNextOption, help: "Tags to take.") var remove: [String] = []
  @OptionGroup var home: RunsPlace
  @Flag(help: "Print one JSON array of its tags.") var json = false

  func validate() throws {
    for tag in tags where !Self.isTag(tag) {
      throw ValidationError(
        "'\(printable(tag))' is no tag: letters, digits, '.', '_' and '-', 40 at most.")
    }
  }

  /// Whether a word can be written and typed anywhere without marks around it.
  static func isTag(_ word: String) -> Bool {
    (1...40).contains(word.count)
      && word.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
      && !word.hasPrefix("-") && printable(word) == word
  }

  func run() throws {
    let folder = try home.run(name)
    let kept = try attempting { () throws(StoreError) -> [String] in
      let before = Set(try folder.tags())
      let after = before.union(tags).subtracting(remove)
      if after != before { try folder.setTags(Array(after)) }
      return after.sorted()
    }
    if json {
      try StandardOutput.writeLine("[" + kept.map(quoted).joined(separator: ",") + "]")
    } else if !kept.isEmpty {
      try StandardOutput.writeLine(kept.map(printable).joined(separator: "\n"))
    }
  }
}

/// `mtl-tui runs remove`: removes runs for good.
struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove runs with their checkpoints, for good.",
    discussion: """
      It asks first, unless --yes is given. A run that a process trains is not removed, and of a \
      folder only what this program wrote there.
      """)

  @Argument(help: ArgumentHelp("The runs.", valueName: "run"), completion: ShellCompletion.runs)
  var names: [String]
  @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
  @OptionGroup var home: RunsPlace
  @Flag(help: "Print one JSON array of the ids that were removed.") var json = false

  func run() throws {
    var folders: [RunFolder] = []
    for name in names {
      let folder = try home.run(name)
      if case .live(let process) = folder.life {
        throw Failure(message: "\(StoreError.inUse(path: folder.path, process: process))")
      }
      if !folders.contains(folder) { folders.append(folder) }
    }
    guard try yes || isWanted(folders) else { return }
    for folder in folders {
      let left = try attempting { () throws(StoreError) in try folder.remove() }
      if !left.isEmpty {
        StandardError.writeLine(
          "mtl-tui: \(printable(folder.path)) stays: it holds "
            + left.map(printable).joined(separator: ", ") + ", which is not of this program")
      }
    }
    if json {
      try StandardOutput.writeLine("[" + folders.map { quoted($0.id) }.joined(separator: ",") + "]")
    }
  }

  private func isWanted(_ folders: [RunFolder]) throws(Failure) -> Bool {
    let names = folders.map { printable($0.id) }.joined(separator: "\n  ")
    guard isatty(STDIN_FILENO) == 1 else {
      throw Failure(
        message: """
          runs remove: nobody can be asked.
            found: standard input is no terminal
            fix:   pass --yes to remove \(folders.map { printable($0.id) }.joined(separator: ", "))
          """)
    }
    StandardError.write("Remove for good:\n  \(names)\nGo on? [y/N] ")
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
