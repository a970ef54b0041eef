import CZlib
import Foundation

@testable import Datasets

/// A small table with a binary label, read from memory.
struct Table {
  var csv: String = ""
  var bytes: Data?
  var schema = """
    name: table
    files: {all: t.csv}
    columns: {user: {type: categorical, minimumCount: 1}, price: {type: numeric}}
    tasks: {click: {column: click}}
    split: {column: split, validation: v, test: t}
    """
  var threads = 2
  var partBytes = TableReader.usualPartBytes

  /// The header and enough rows for every split.
  static let rows = """
    user,price,click,split
    a,1,0,x
    b,2,1,x
    a,3,1,v
    c,5,0,t

    """

  func load() throws -> Dataset {
    let schema = try DatasetSchema(yaml: schema, path: "s.yaml")
    let source = DatasetLoader.Source.memory(["t.csv": bytes ?? Data(csv.utf8)])
    var loader = DatasetLoader(schema, from: source, threads: threads)
    loader.partBytes = partBytes
    let data = try loader.load()
    // Whatever a test reads, the encoding reads alike.
    try data.expectSameWhenEncodedAgain(schema, from: source, partBytes: partBytes)
    return data
  }
}

extension Dataset {
  /// Everything of it, to compare.
  var contents: Contents { Contents(of: self) }

  struct Contents: Equatable {
    let features: FeatureSchema
    let splits: [Split]

    init(of data: Dataset) {
      features = data.features
      splits = [data.training, data.validation, data.test].map(Split.init)
    }
  }

  struct Split: Equatable {
    let ids: [Int32]
    let dense: [UInt32]
    let labels: [UInt32]
    let spaces: [Float]?

    init(_ examples: Examples) {
      ids = examples.ids.array
      dense = examples.dense.array.map(\.bitPattern)
      labels = examples.labels.array.map(\.bitPattern)
      spaces = examples.spaces?.array
    }
  }
}

/// Bytes as one gzip member.
func gzip(_ bytes: Data) -> Data {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = Array(bytes)
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(input.count))) + 64)
  let written = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output -> Int in
      stream.next_in = input.baseAddress
      stream.avail_in = uInt(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = uInt(output.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      return output.count - Int(stream.avail_out)
    }
  }
  return Data(output[..<written])
}

/// A folder of its own that is gone when the body ends.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

extension Dataset {
  /// By task the labels of some rows in their own unit; 0 outside the task's sample space.
  func labels(_ examples: Examples) -> [[Float]] {
    tasks.indices.map { k in
      (0..<examples.count).map { row in
        let at = row * tasks.count + k
        guard examples.spaces?[at] != 0 else { return 0 }
        return Float(tasks[k].scale.original(Double(examples.labels[at])))
      }
    }
  }
}
