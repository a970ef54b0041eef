import Foundation
import Tensors
import Testing

@testable import Store

@Suite struct SafetensorsTests {
  /// A file beside others that the test leaves nothing of.
  @discardableResult static func withFile<Value>(
    _ bytes: [UInt8], _ body: (String) throws -> Value
  ) throws -> Value {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "safetensors-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  static let small = SafetensorsWriter(
    [
      tensor("b", [UInt8(7), 8, 9], [3]), tensor("a", [Float(1.5), -2, 0, 4, 5, 6], [2, 3]),
      tensor("steps", [3, -4], [2]), tensor("scalar", [2.5], []),
      tensor("z \"\\\u{1}é", [Int32](), [0, 4]), tensor("u", [UInt32.max], [1]),
      tensor("w", [UInt64.max], [1, 1]),
    ], metadata: ["step": "12", "weird \"key\"": "line\nbreak"])

  static func tensor<Number: ArchiveNumber>(
    _ name: String, _ numbers: [Number], _ shape: [Int]
  ) -> SafetensorsTensor {
    SafetensorsTensor(
      name: name, kind: Number.archiveKind, shape: shape,
      content: .owned(numbers.withUnsafeBytes { Array($0) }))
  }

  static func header(_ json: String, data: [UInt8] = []) -> [UInt8] {
    let text = Array(json.utf8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + data
  }

  @Test("XXH64 of the specification's and other known texts")
  func checksum() {
    #expect(xxh64("") == 0xEF46_DB37_51D8_E999)
    #expect(xxh64("a") == 0xD24E_C4F1_A98C_6E5B)
    #expect(xxh64("abc") == 0x44BC_2CF5_AD77_0999)
    #expect(xxh64("Nobody inspects the spammish repetition") == 0xFBCE_A83C_8A37_8BF1)
    let hundred = (0..<101).map { UInt8($0) }
    #expect(
      hundred.withUnsafeBytes { xxh64(UnsafeRawBufferPointer(rebasing: $0[1...])) }
        == 0x1A04_3841_D848_4FA7)
  }

  /// Between the groups of element sizes lie the last of one and the first of the next: a model all of
  /// whose parameters are tables has such arrays.
  @Test("arrays without elements are read in the order in which they were written")
  func empties() throws {
    let writer = SafetensorsWriter([
      Self.tensor("z/terms", [Double](), [0, 4]), Self.tensor("b", [Float](), [0]),
      Self.tensor("a", [Float](), [0]), Self.tensor("c", [Float(1)], [1]),
      Self.tensor("m", [2.5], [1]), Self.tensor("0", [UInt8](), [0]),
      Self.tensor("é", [UInt8](), [0]), Self.tensor("z", [UInt8](), [0]),
    ])
    try Self.withFile(writer.bytes) { path in
      let file = try SafetensorsFile(path: path)
      try file.verify()
      #expect(file.tensors.map(\.name) == ["m", "z/terms", "a", "b", "c", "0", "z", "é"])
    }
  }

  @Test("what is written is read")
  func roundTrip() throws {
    try Self.withFile(Self.small.bytes) { path in
      let file = try SafetensorsFile(path: path)
      try file.verify()
      #expect(file.metadata == ["step": "12", "weird \"key\"": "line\nbreak"])
      #expect(
        file.tensors.map(\.name) == ["scalar", "steps", "w", "a", "u", "z \"\\\u{1}é", "b"])
      #expect(file["a"]?.numbers() == [Float(1.5), -2, 0, 4, 5, 6])
      #expect(file["a"]?.shape == [2, 3])
      #expect(file["a"]?.numbers(as: Double.self) == nil)
      #expect(file["b"]?.numbers() == [UInt8(7), 8, 9])
      #expect(file["steps"]?.numbers() == [3, -4])
      #expect(file["scalar"]?.numbers() == [2.5])
      #expect(file["scalar"]?.shape == [])
      #expect(file["z \"\\\u{1}é"]?.numbers() == [Int32]())
      #expect(file["u"]?.numbers() == [UInt32.max])
      #expect(file["w"]?.numbers() == [UInt64.max])
      #expect(file["nothing"] == nil)
      #expect(Self.small.byteCount == Self.small.bytes.count)
      for tensor in file.tensors where tensor.count > 0 {
        let address = tensor.entry.withBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(address % UInt(tensor.kind.size) == 0, "\(tensor.name) is aligned")
      }
      let again = SafetensorsWriter(file.tensors.reversed(), metadata: file.metadata)
      #expect(again.bytes == Self.small.bytes)
    }
  }

  @Test("a flipped bit in any byte is an error with the path, or changes nothing")
  func flips() throws {
    let bytes = Self.small.bytes
    let whole = try Self.withFile(bytes) { try Content(path: $0) }
    for at in bytes.indices {
      var damaged = bytes
      damaged[at] ^= 1 << (at % 8)
      try Self.withFile(damaged) { path in
        do {
          let content = try Content(path: path)
          #expect(content == whole, "byte \(at)")
        } catch let error as StoreError {
          #expect(error.description.hasPrefix("\(path): damaged: "))
        }
      }
    }
  }

  @Test("a file that was cut off is an error wherever it was cut")
  func cuts() throws {
    let bytes = Self.small.bytes
    for length in 0..<bytes.count {
      try Self.withFile(Array(bytes[..<length])) { path in
        #expect(throws: StoreError.self, "cut at \(length)") { try SafetensorsFile(path: path) }
      }
    }
    try Self.withFile(bytes + [0]) { path in
      #expect(throws: StoreError.self) { try SafetensorsFile(path: path) }
    }
  }

  static let wrong: [(String, String)] = [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}}"#, "of shape [2] has 7 bytes"),
    (#"{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}"#, "type BF16"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "of shape [-2]"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, "of shape"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "lies at [8, 0]"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "lies at [-8, 0]"),
    (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "ends at byte 16 of 8"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "lies at [0]"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "4 bytes behind the last"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'b' lies at [4, 8]"
    ),
    (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, "not that of a safetensors"),
    (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, "not that of a safetensors"),
    (#"{"a":1}"#, "not that of a safetensors"),
    (#"[1]"#, "not that of a safetensors"),
    (#"{"__metadata__":{"a":1}}"#, "not that of a safetensors"),
    (#"{"a":"#, "it is not JSON"),
  ]

  @Test("a header that lies is an error that says where", arguments: wrong)
  func lies(json: String, what: String) throws {
    try Self.withFile(Self.header(json, data: [0, 0, 0, 0, 0, 0, 0, 0])) { path in
      let error = #expect(throws: StoreError.self) { try SafetensorsFile(path: path) }
      #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
    }
  }

  @Test("the file of another program is read, and has nothing to be verified by")
  func foreign() throws {
    let json = #"{ "x" : {"shape":[1, 2],"dtype":"F32","data_offsets":[0, 8]} }   "#
    let data = [Float(3), 4].withUnsafeBytes { Array($0) }
    try Self.withFile(Self.header(json, data: data)) { path in
      let file = try SafetensorsFile(path: path)
      #expect(file["x"]?.numbers() == [Float(3), 4])
      #expect(throws: StoreError.self) { try file.verify() }
    }
  }

  @Test("a length beyond any number of bytes is an error")
  func hugeLength() throws {
    try Self.withFile([UInt8](repeating: 0xFF, count: 16)) { path in
      #expect(throws: StoreError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test("what is no file is an error that says so")
  func noFile() {
    let missing = #expect(throws: StoreError.self) { try SafetensorsFile(path: "/nonexistent/a") }
    #expect(missing?.description == "/nonexistent/a: cannot read it: No such file or directory")
    let folder = #expect(throws: StoreError.self) { try SafetensorsFile(path: "/tmp") }
    #expect(folder?.description == "/tmp: cannot read it: it is not a file")
  }

  @Test("a sink's error ends the writing")
  func failingSink() {
    struct Full: Error {}
    var calls = 0
    #expect(throws: Full.self) {
      try Self.small.write { (_: UnsafeRawBufferPointer) throws(Full) in
        calls += 1
        if calls == 2 { throw Full() }
      }
    }
    #expect(calls == 2)
  }
}

/// All that a file says, read with all checks.
private struct Content: Equatable {
  var metadata: [String: String]
  var shapes: [String: [Int]]
  var bytes: [String: [UInt8]]

  init(path: String) throws(StoreError) {
    let file = try SafetensorsFile(path: path)
    try file.verify()
    metadata = file.metadata
    shapes = Dictionary(file.tensors.map { ($0.name, $0.shape) }) { $1 }
    bytes = Dictionary(
      file.tensors.map { ($0.name + $0.kind.rawValue, $0.entry.withBytes { Array($0) }) }
    ) { $1 }
  }
}
