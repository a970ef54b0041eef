import Runs
import Testing

@testable import Watching

/// Messages come whole out of whatever pieces they came in; what is none is refused.
@Suite struct FrameTests {
  private let frames = [
    Frame(.hello, [1, 2, 3]), Frame(.farewell), Frame(.event, [UInt8](repeating: 7, count: 300)),
  ]

  @Test func theBytesOfAFrame() {
    #expect(Frame(.snapshot, [9, 8]).bytes == [3, 0, 0, 0, 6, 9, 8])
    #expect(Frame(.event, [UInt8](repeating: 0, count: 299)).bytes.prefix(5) == [44, 1, 0, 0, 4])
  }

  @Test(arguments: [1, 2, 3, 5, 7, 64, 1_000]) func tornFramesAreWhole(size: Int) throws {
    var reader = FrameReader(mostBytes: 400)
    let bytes = frames.flatMap(\.bytes)
    var read: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      reader.append(bytes[start..<min(bytes.count, start + size)])
      while let frame = try reader.next() { read.append(frame) }
    }
    #expect(read == frames)
    #expect(try reader.next() == nil)
  }

  @Test func whatIsNoFrameIsRefused() {
    func fault(_ bytes: [UInt8]) -> FrameReader.Fault? {
      var reader = FrameReader(mostBytes: 10)
      reader.append(bytes)
      do throws(FrameReader.Fault) {
        _ = try reader.next()
        return nil
      } catch {
        return error
      }
    }
    #expect(fault([0, 0, 0, 0, 1]) == .length(0))
    #expect(fault([11, 0, 0, 0, 1]) == .length(11))
    #expect(fault([10, 0, 0, 0, 1]) == nil)
    #expect(fault(Array("GET / HTTP/1.1".utf8)) != nil)
    #expect(fault([255, 255, 255, 255]) == .length(4_294_967_295))
    #expect(fault([2, 0, 0, 0, 77]) == .kind(77))
    #expect(fault([2, 0, 0, 0, 0]) == .kind(0))
  }

  @Test func lossBinsAreTheirBytes() throws {
    var bins = [LossBin(task: 3, step: 1 << 40), LossBin(task: 0, step: 5)]
    for (step, loss) in [Float(0.5), .nan, 0.25, 8, -1, 3, 2].enumerated() {
      bins[1].add(loss, step: 5 + step)
    }
    let bytes = LossBinCoding.encoded(bins)
    #expect(bytes.count == 2 * LossBinCoding.bytesPerBin)
    #expect(LossBinCoding.decoded(bytes) == bins)
    #expect(LossBinCoding.decoded(Array(bytes.dropLast())) == nil)
    #expect(LossBinCoding.decoded([]) == [])
    // Every byte of it may be any: there is no trap, and what is read can be written.
    for index in bytes.indices {
      for flip in [UInt8(1), 0x80, 0xff] {
        var torn = bytes
        torn[index] ^= flip
        if let read = LossBinCoding.decoded(torn) { #expect(read.count == 2) }
      }
    }
  }
}
