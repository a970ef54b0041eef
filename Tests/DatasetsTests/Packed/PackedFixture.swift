import Foundation
import Tensors

@testable import Datasets

/// Data of every kind that a packed folder keeps.
struct PackedFixture: CustomStringConvertible, Sendable {
  let description: String
  let columns: String
  var rest = "split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}"
  var files = "{all: t.csv}"
  var group: String?

  static let all = [
    Self(
      description: "texts and numbers",
      columns: "user: {type: categorical}, price: {type: numeric, log1p: true, indicator: true}"),
    Self(
      description: "lists and hashes",
      columns: """
        tags: {type: categorical, separator: "|"}, user: {type: categorical, hash: 11}
        """),
    Self(
      description: "numbers alone, in intervals", columns: "price: {type: categorical, buckets: 4}"),
    Self(
      description: "weights and groups", columns: "user: {type: categorical}",
      rest: "split: {column: part, validation: v, test: t}\nweight: price", group: "user"),
    Self(
      description: "sample spaces", columns: "user: {type: categorical}",
      rest: """
        split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}
        """),
    Self(
      description: "separate files", columns: "user: {type: categorical}, price: {type: numeric}",
      rest: "", files: "{training: t.csv, test: u.csv}"),
    Self(
      description: "a joined table", columns: "user: {type: categorical}",
      rest: """
        join:
          - {file: j.csv, key: user, columns: {age: {type: numeric}, town: {type: categorical}}}
        split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}
        """),
    Self(
      description: "weights of zero", columns: "user: {type: categorical}",
      rest: "split: {column: part, validation: v, test: t}\nweight: zero"),
  ]

  /// The column `zero` is 0 in every fifth row.
  var yaml: String {
    let watch =
      description == "sample spaces"
      ? "\n  watch: {column: price, kind: regression, space: {column: click, equals: \"1\"}}" : ""
    return """
      name: \(description)
      files: \(files)
      columns: {\(columns)}
      tasks:
        click: {column: click}\(watch)
      \(rest)
      """
  }

  static func csv(rows: Int, seed: UInt64 = 5) -> String {
    let random = RandomSource(seed: seed, .test)
    let lines = (0..<rows).map { row -> String in
      func draw(_ which: Int, _ below: Int) -> Int {
        Int(random.uniform(UInt64(row * 8 + which)) * Double(below))
      }
      let tags = (0..<draw(0, 4)).map { "t\(draw($0, 5))" }.joined(separator: "|")
      let part = ["x", "x", "v", "t"][row % 4]
      return "u\(draw(5, 9)),\(draw(6, 40)).5,\(tags),\(row % 3 == 0 ? 1 : 0),\(part),\(row % 5)"
    }
    return "user,price,tags,click,part,zero\n" + lines.joined(separator: "\n") + "\n"
  }

  private func files(rows: Int) -> [String: String] {
    [
      "t.csv": Self.csv(rows: rows), "u.csv": Self.csv(rows: rows / 2, seed: 6),
      "j.csv": "user,age,town\nu1,3,Bern\nu2,9,Z\u{FC}rich\nu3,1,\n",
    ]
  }

  private func schema() throws -> DatasetSchema {
    var schema = try DatasetSchema(yaml: yaml, path: "s.yaml").grouped(by: group)
    schema.yaml = yaml
    return schema
  }

  /// Reads the data; of a list of names that begins with é.
  func load(rows: Int = 300) throws -> Dataset {
    try DatasetLoader(
      try schema(), from: .memory(files(rows: rows).mapValues { Data($0.utf8) }), threads: 1
    ).load()
  }

  /// Writes the files, rows behind those of the first, and gives what reads them in small parts.
  func loader(
    rows: Int, in folder: String, partBytes: Int, threads: Int, adding more: String = ""
  ) throws -> DatasetLoader {
    for (name, text) in files(rows: rows) {
      try write(Array((text + (name == "t.csv" ? more : "")).utf8), "\(folder)/\(name)")
    }
    var loader = DatasetLoader(try schema(), from: .folder(folder), threads: threads)
    loader.partBytes = partBytes
    return loader
  }
}

extension PackWriter.Origin {
  static let test = Self(program: "0", schema: "s", sources: [])
}

extension Dataset {
  func pack(to folder: String) throws {
    try PackWriter(to: folder, threads: 1).write(self, from: .test)
  }
}

/// The files of a packed folder that say what rows are, with their bytes.
func packedFiles(_ folder: String) throws -> [String: [UInt8]] {
  let rows = try PackedFolder(path: folder).header.rows
  var files: [String: [UInt8]] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(rows)")
  where name != "owner" && name != PackStamp.fileName {
    files["\(rows)/\(name)"] = try bytes("\(folder)/\(rows)/\(name)")
  }
  files[PackHeader.fileName] = try bytes("\(folder)/\(PackHeader.fileName)")
  return files
}

private func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Puts other bytes into a file.
func write(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
