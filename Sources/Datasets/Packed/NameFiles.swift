import Tensors

/// Writes the texts of all fields, one after another, and where each starts.
///
/// Texts that lie in files are copied piece by piece; they are as many as there are categories.
struct NameFiles {
  private let starts: RowFile
  private let bytes: RowFile
  private var end: Int64 = 0

  /// Writes the names of some fields into a folder; of texts that lie in files so many at once, and
  /// eight times as many bytes.
  static func write(
    _ features: FeatureSchema, in stage: inout PackStage, atOnce: Int = 1 << 20
  ) throws(SystemRefusal) {
    var names = try Self(in: &stage)
    for field in features.fields where !field.categories.isEmpty {
      if let table = field.categories.table {
        try names.append(table, atOnce: atOnce)
      } else {
        try names.append(field.categories)
      }
    }
    for file in [names.starts, names.bytes] {
      try file.finish()
      stage.add(file.file, checksums: file.checksums)
    }
  }

  private init(in stage: inout PackStage) throws(SystemRefusal) {
    let files = [PackedFile.nameStarts, PackedFile.nameBytes].map { PackedFile.whole($0, bytes: 0) }
    starts = RowFile(
      files[0], try stage.makeFile(files[0].name), path: stage.path(of: files[0]))
    bytes = RowFile(
      files[1], try stage.makeFile(files[1].name), path: stage.path(of: files[1]))
  }

  private mutating func append(_ names: CategoryNames) throws(SystemRefusal) {
    var (own, texts): ([Int64], [UInt8]) = ([], [])
    for name in names {
      own.append(end + Int64(texts.count))
      texts += name.utf8
    }
    end += Int64(texts.count)
    own.append(end)
    try starts.append(own)
    try bytes.append(texts)
  }

  private mutating func append(_ table: NameTable, atOnce: Int) throws(SystemRefusal) {
    let base = table.starts[table.first]
    for first in stride(from: 0, through: table.count, by: atOnce) {
      let own = (first...min(table.count, first + atOnce - 1)).map {
        table.starts[table.first + $0] - base + end
      }
      try starts.append(own)
      table.starts.letGo()
    }
    let last = table.starts[table.first + table.count]
    for first in stride(from: Int(base), to: Int(last), by: 8 * atOnce) {
      try bytes.append(Array(table.bytes.elements[first..<min(Int(last), first + 8 * atOnce)]))
      table.bytes.letGo()
    }
    end += last - base
  }
}

extension RowFile {
  fileprivate func append<Number: BitwiseCopyable>(_ numbers: [Number]) throws(SystemRefusal) {
    var refusal: SystemRefusal?
    numbers.withUnsafeBytes { bytes in
      do throws(SystemRefusal) { try append(bytes) } catch { refusal = error }
    }
    if let refusal { throw refusal }
  }
}
