import Tensors
import Testing

@testable import Store

@Suite struct FormatTests {
  @Test("CRC-32C of RFC 3720, section B.4, and the masked one of TensorFlow's own test")
  func castagnoli() {
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.of(0..<32) == 0x46DD_794E)
    // The head of every events file: the check of a length of 24.
    #expect(CRC32C.masked([24, 0, 0, 0, 0, 0, 0, 0]) == 0x224B_7FA3)
  }

  @Test("protobuf fields as the encoding guide shows them")
  func protobuf() {
    var message = ProtobufMessage()
    message.integer(1, 150)
    #expect(message.bytes == [0x08, 0x96, 0x01])
    var text = ProtobufMessage()
    text.text(2, "testing")
    #expect(text.bytes == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    var outer = ProtobufMessage()
    outer.message(3, message)
    outer.integer(16, -1)
    outer.float(1, 1)
    outer.double(2, 1)
    outer.doubles(4, [])
    let negative: [UInt8] = [UInt8](repeating: 0xFF, count: 9) + [0x01]
    #expect(
      outer.bytes
        == [0x1A, 0x03, 0x08, 0x96, 0x01] + [0x80, 0x01] + negative + [0x0D, 0, 0, 0x80, 0x3F]
        + [0x11, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [0x22, 0])
    #expect(outer.byteCount == outer.bytes.count)
  }

  @Test("an output has its own name although a column is called so") func reservedNames() {
    var graph = OnnxGraph()
    graph.reserve(["click", "like"])
    let column = graph.input("click", .int64, [], meaning: "")
    #expect(column == "click_2" && graph.input("other", .int64, [], meaning: "") == "other")
    #expect(graph.output(column, as: "click", [], meaning: "") == "click")
    #expect(graph.output(column, as: "click", [], meaning: "") == "click_3", "names are once")
    #expect(graph.output(column, as: "other", [], meaning: "") == "other_2")
    #expect(graph.output(column, as: "like", [], meaning: "") == "like")
  }

  private func numpy(_ shape: [Int]) -> String {
    let array = NumpyArray(
      kind: .float32, shape: shape,
      content: .owned([UInt8](repeating: 0, count: shape.reduce(4, *))))
    #expect(array.head.count % 64 == 0)
    #expect(array.head[8] == UInt8(array.head.count - 10))
    return String(decoding: array.head[10...], as: UTF8.self).trimmed
  }

  @Test("the head of a NumPy file")
  func numpyHead() {
    #expect(numpy([3, 2]) == "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }")
    #expect(numpy([3]) == "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }")
    #expect(numpy([]) == "{'descr': '<f4', 'fortran_order': False, 'shape': (), }")
  }

  @Test("an events file starts with its version, and every record has its checks")
  func events() {
    var events = TensorBoardEvents(time: 1)
    let first = events.bytes
    #expect(Array(first[..<8]) == [24, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(first[8..<12]) == [0xA3, 0x7F, 0x4B, 0x22])
    #expect(first.count == 8 + 4 + 24 + 4)
    #expect(String(decoding: first[23..<36], as: UTF8.self) == "brain.Event:2")
    events.histogram("gates", [.nan], step: 1, time: 2)
    #expect(events.count == 0)
    events.scalar("loss/click", 0.5, step: 300, time: 2)
    #expect(events.count == 1)
    let value: [UInt8] = [0x0A, 10] + Array("loss/click".utf8) + [0x15, 0, 0, 0, 0x3F]
    let data: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0xAC, 0x02, 0x2A, UInt8(value.count + 2), 0x0A]
      + [UInt8(value.count)] + value
    let record = events.bytes[first.count...]
    #expect(Array(record[(first.count + 12)...].prefix(data.count)) == data)
  }

  @Test("numbers of both signs that lie further apart than a number can say have bins, too")
  func farApart() {
    var events = TensorBoardEvents(time: 1)
    events.histogram(
      "far", [-1e308, 0, 1.7e308], bins: 3, step: 1, time: 2)
    #expect(events.count == 1)
    // Limits of the bins, packed doubles behind field 6; counts 1 1 1 behind field 7.
    let ones = [Double](repeating: 1, count: 3).flatMap { one in
      withUnsafeBytes(of: one.bitPattern.littleEndian) { Array($0) }
    }
    #expect(events.bytes.indices.contains { events.bytes[$0...].starts(with: ones) })
  }

  @Test("names in a graph are unique, and values are connected by them")
  func onnx() {
    var graph = OnnxGraph()
    let x = graph.input("click", .float32, [.named("rows"), .fixed(2)], meaning: "x")
    let twice = graph.node("Add", [x, x])
    let more = graph.node("Add", [twice, x])
    #expect([x, twice, more] == ["click", "add", "add_2"])
    #expect(graph.output(more, as: "click", [.named("rows")], meaning: "y") == "click_2")
    #expect(graph.inputs.map(\.name) == ["click"])
    #expect(graph.outputs.map(\.name) == ["click_2"])
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
