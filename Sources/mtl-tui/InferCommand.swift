import ArgumentParser
import Datasets
import Foundation

/// `mtl-tui data infer`: a first schema from files.
struct InferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Write a first schema for files, and say why it is so.",
    discussion: """
      Looks at every row. Files of the same columns are one log, in parts if their names say train \
      and test; other files are joined where they share a key with it. Read the schema before you \
      train: what it says of the labels is a guess.
      """)

  @Argument(
    help: "The files, plain or gzipped: a log, and tables of its users, items, ….",
    completion: .file())
  var files: [String]
  @Option(
    help: "The schema file to write; without it the schema goes to stdout.",
    completion: .file(extensions: ["yaml"]))
  var out: String?
  @Option(
    name: .customLong("label"), parsing: .singleValue,
    help: "A column that is a label, whatever it looks like; repeatable.")
  var labels: [String] = []
  @Flag(help: "Replace a file that is there, whoever wrote it.") var overwrite = false

  func run() throws {
    do {
      if let out, !overwrite { try SchemaWriting.checkIsFree(out) }
      try SchemaWriting.checkCanBeReadTwice(files)
      let schema = try SchemaInference(files, labels: labels).run()
      let folder = out.map { ($0 as NSString).deletingLastPathComponent } ?? ""
      let text = schema.yaml(in: folder)
      let facts = try SchemaWriting.checked(text, in: folder)
      guard let out else {
        return try StandardOutput.writeLine(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      }
      try StagedFiles.write(sealed: text, to: out, overwrite: overwrite)
      try StandardOutput.writeLine(
        (["\(printable(out)): a first schema from \(schema.rows) rows"] + facts.map(printable)
          + ["next: mtl-tui data describe \(printable(out))"]).joined(separator: "\n"))
    } catch let failure as Failure {
      end(failure)
    } catch {
      end(Failure(message: "\(error)"))
    }
  }
}

/// Checks and writes a guessed schema.
enum SchemaWriting {
  /// Refuses to write where something is that this program did not write.
  static func checkIsFree(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path), !FileSeal.isIntact(at: path) else { return }
    throw WritingError.notOurs(path: path)
  }

  /// Refuses standard input and pipes: the data are read again by the guessed schema, which names
  /// the file besides.
  static func checkCanBeReadTwice(_ paths: [String]) throws {
    for path in paths {
      var status = stat()
      let isPipe = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
      guard path == "-" || path == "/dev/stdin" || isPipe else { continue }
      throw Failure(
        message: """
          \(printable(path)): a schema cannot be guessed of a pipe or of standard input.
            found: what can be read once only, and has no name that a schema could keep
            fix:   write the rows to a file first, as in `cat > log.csv`, and name that
          """)
    }
  }

  /// Reads the data as the schema says, so that what is written can be trained on.
  ///
  /// - Returns: what the data are, a sentence each.
  static func checked(_ text: String, in folder: String) throws -> [String] {
    do {
      let schema = try DatasetSchema(yaml: text, path: "the guessed schema")
      let data = try DatasetLoader(
        schema, from: .folder(folder.isEmpty ? "." : folder),
        threads: ProcessInfo.processInfo.activeProcessorCount
      ).load()
      return data.facts.sentences
    } catch {
      throw Failure(
        message: """
          \(error)
          note:  this is said of the guessed schema, which was not written:
          \(text)
          """)
    }
  }
}
