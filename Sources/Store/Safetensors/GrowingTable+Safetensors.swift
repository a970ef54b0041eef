import Graph
import Tensors

/// A table that grows in a file: the rows that there are, [count, D], and whose they are.
extension GrowingTable {
  /// The names of its arrays in a file, by the table's own.
  static func names(_ name: String) -> [String] { ["\(name)/ids", "\(name)/rows"] }

  /// Its arrays, handed on by reference: they change with the table.
  func tensors(_ name: String) -> [SafetensorsTensor] {
    let names = Self.names(name)
    return [
      SafetensorsTensor(
        name: names[0], kind: .int32, shape: [count], content: .memory(part(of: ids, count))),
      SafetensorsTensor(
        name: names[1], kind: .float32, shape: [count, width],
        content: .memory(part(of: values, count * width))),
    ]
  }

  private func part<Number: ArchiveNumber>(
    of storage: Storage<Number>, _ count: Int
  ) -> MemorySlice {
    MemorySlice(storage, bytes: 0..<(count * MemoryLayout<Number>.stride))
  }

  /// Checks its arrays among those of a file.
  ///
  /// - Throws: ``StoreError/mismatch(path:what:)``.
  func check(
    _ found: [String: SafetensorsTensor], _ name: String, path: String
  ) throws(StoreError) {
    let names = Self.names(name)
    guard let own = found[names[0]] else {
      throw .mismatch(path: path, what: "'\(names[0])' is missing")
    }
    guard let rows = found[names[1]] else {
      throw .mismatch(path: path, what: "'\(names[1])' is missing")
    }
    guard own.kind == .int32, own.shape.count == 1 else {
      throw .mismatch(
        path: path, what: "'\(names[0])' is \(own.kind.rawValue) \(own.shape), expected I32 [rows]")
    }
    guard rows.kind == .float32, rows.shape == [own.count, width] else {
      throw .mismatch(
        path: path,
        what: "'\(names[1])' is \(rows.kind.rawValue) \(rows.shape), "
          + "expected F32 \([own.count, width])")
    }
    if let wrong = check(own.numbers() ?? []) {
      throw .mismatch(path: path, what: "'\(names[0])': \(wrong)")
    }
  }

  /// Puts the rows of a file that was checked in place of its own.
  ///
  /// - Throws: ``StoreError/mismatch(path:what:)``.
  func load(
    _ found: [String: SafetensorsTensor], _ name: String, path: String
  ) throws(StoreError) {
    var archive = Archive.loading(Self.names(name).compactMap { found[$0]?.entry })
    do throws(ArchiveError) {
      try archive.part(name, visit)
    } catch {
      throw .mismatch(path: path, what: "\(error)")
    }
  }
}
