import Tensors
import Testing

@Suite struct ArchiveTests {
  private func visit(
    _ archive: inout Archive, _ memory: Storage<Float>, _ steps: inout [Int], _ best: inout Double?
  ) throws(ArchiveError) {
    try archive.part("optimizer") { archive throws(ArchiveError) in
      try archive.memory("moments", memory)
      try archive.numbers("steps", &steps)
    }
    try archive.number("best", &best)
  }

  @Test func whatWasSavedComesBack() throws {
    let memory = Storage<Float>([1, 2, -3])
    var steps = [4, 5]
    var best: Double? = .nan
    var saved = Archive.saving()
    try visit(&saved, memory, &steps, &best)
    #expect(saved.entries.map(\.name) == ["optimizer/moments", "optimizer/steps", "best"])
    let other = Storage<Float>([0, 0, 0])
    var otherSteps: [Int] = []
    var otherBest: Double?
    var loaded = Archive.loading(saved.entries)
    try visit(&loaded, other, &otherSteps, &otherBest)
    try loaded.finish()
    #expect(other.array == [1, 2, -3])
    #expect(otherSteps == [4, 5])
    #expect(otherBest?.isNaN == true)
  }
}
