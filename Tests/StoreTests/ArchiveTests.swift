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

  // MARK: - What is checked

  /// Loads what was saved by one visit with another.
  private func loaded(
    _ save: (inout Archive) throws(ArchiveError) -> Void,
    _ load: (inout Archive) throws(ArchiveError) -> Void
  ) throws {
    var saving = Archive.saving()
    try save(&saving)
    var loading = Archive.loading(saving.entries)
    try load(&loading)
    try loading.finish()
  }

  @Test func numbersHaveTheirBits() throws {
    let bits: [UInt64] = [0x7FF8_0000_0000_0123, 0x8000_0000_0000_0000, 0xFFF0_0000_0000_0000, 1]
    var doubles = bits.map { Double(bitPattern: $0) }
    var found: [Double] = []
    try loaded { archive throws(ArchiveError) in
      try archive.numbers("doubles", &doubles)
    } _: { archive throws(ArchiveError) in
      try archive.numbers("doubles", &found, count: 4)
    }
    #expect(found.map(\.bitPattern) == bits)
  }

  @Test func countsAndBoundsAreChecked() throws {
    var numbers = [3, 5]
    func load(_ body: (inout Archive) throws(ArchiveError) -> Void) throws {
      try loaded(
        { archive throws(ArchiveError) in
          try archive.part("part") { archive throws(ArchiveError) in
            try archive.numbers("numbers", &numbers)
          }
        }, { archive throws(ArchiveError) in try archive.part("part", body) })
    }
    var (found, single, optional) = ([0, 0, 0], 7, Int?.none)
    #expect(throws: ArchiveError.size("part/numbers", found: 2, expected: 3)) {
      try load { archive throws(ArchiveError) in try archive.numbers("numbers", &found, count: 3) }
    }
    #expect(throws: ArchiveError.content("part/numbers", "5 is not one of 0 to 4")) {
      try load { archive throws(ArchiveError) in
        try archive.numbers("numbers", &found, count: 2, in: 0...4)
      }
    }
    try load { archive throws(ArchiveError) in
      try archive.numbers("numbers", &found, count: 2, in: 3...5)
    }
    #expect(found == [3, 5])
    #expect(throws: ArchiveError.size("part/numbers", found: 2, expected: 1)) {
      try load { archive throws(ArchiveError) in try archive.number("numbers", &single) }
    }
    #expect(throws: ArchiveError.size("part/numbers", found: 2, expected: 1)) {
      try load { archive throws(ArchiveError) in try archive.number("numbers", &optional) }
    }
    numbers = [9]
    #expect(throws: ArchiveError.content("part/numbers", "9 is not one of 0 to 8")) {
      try load { archive throws(ArchiveError) in
        try archive.number("numbers", &single, in: 0...8)
      }
    }
    #expect(single == 7, "what cannot be is not taken")
    #expect(throws: ArchiveError.content("part/numbers", "9 is not one of 0 to 8")) {
      try load { archive throws(ArchiveError) in
        try archive.number("numbers", &optional, in: 0...8)
      }
    }
    try load { archive throws(ArchiveError) in
      try archive.number("numbers", &optional, in: 9...9)
    }
    #expect(optional == 9)
  }

  private enum Kind: String { case warm, cold }

  @Test func wordsTextsAndFlags() throws {
    var (kind, text, flags) = (Kind.cold, "naïve", [true, false])
    var (found, read, yes) = (Kind.warm, "", [false])
    try loaded { archive throws(ArchiveError) in
      try archive.word("kind", &kind)
      try archive.text("text", &text)
      try archive.flags("flags", &flags)
    } _: { archive throws(ArchiveError) in
      try archive.word("kind", &found)
      try archive.text("text", &read)
      try archive.flags("flags", &yes, count: 2)
    }
    #expect(found == .cold && read == "naïve" && yes == [true, false])
    var strange: [UInt8] = [0xFF, 2]
    func load(_ body: (inout Archive) throws(ArchiveError) -> Void) throws {
      try loaded({ archive throws(ArchiveError) in try archive.numbers("it", &strange) }, body)
    }
    #expect(throws: ArchiveError.content("it", "it is no text in UTF-8")) {
      try load { archive throws(ArchiveError) in try archive.text("it", &read) }
    }
    #expect(throws: ArchiveError.content("it", "255 is neither 0 nor 1")) {
      try load { archive throws(ArchiveError) in try archive.flags("it", &yes) }
    }
    strange = Array("warmer".utf8)
    #expect(throws: ArchiveError.content("it", "there is no such choice as 'warmer'")) {
      try load { archive throws(ArchiveError) in try archive.word("it", &found) }
    }
    #expect(found == .cold)
  }

  /// Memory that is made when it is needed: empty before, whole afterwards, nothing between.
  @Test func memoryThatMayBeEmpty() throws {
    for (saved, fits) in [(0, true), (3, true), (2, false)] {
      var storage = Storage<Float>(count: saved, filling: 4)
      var other = Storage<Float>(count: 3 - saved, filling: 1)
      func run() throws {
        try loaded { archive throws(ArchiveError) in
          try archive.memory("memory", &storage, emptyOr: 3)
        } _: { archive throws(ArchiveError) in
          try archive.memory("memory", &other, emptyOr: 3)
        }
      }
      if fits {
        try run()
        #expect(other.array == storage.array && other !== storage)
      } else {
        #expect(throws: ArchiveError.size("memory", found: 2, expected: 3)) { try run() }
      }
    }
  }

  /// Memory is referred to until its entry is detached, and has the shape that it was given.
  @Test func memoryIsReferredTo() throws {
    let memory = Storage<Float>([1, 2, 3, 4, 5, 6])
    var archive = Archive.saving()
    try archive.memory("memory", memory, shape: [2, 3])
    let detached = archive.entries[0].detached()
    memory[1] = 9
    func floats(_ entry: Archive.Entry) -> [Float] {
      entry.withBytes { Array($0.bindMemory(to: Float.self)) }
    }
    #expect(floats(archive.entries[0]) == [1, 9, 3, 4, 5, 6])
    #expect(floats(detached) == [1, 2, 3, 4, 5, 6])
    #expect(detached.shape == [2, 3] && detached.count == 6 && detached.kind == .float32)
  }

  @Test func whatIsMissingOrLeftOver() throws {
    var (number, other) = (1, 2)
    #expect(throws: ArchiveError.missing("part/other")) {
      try loaded { archive throws(ArchiveError) in
        try archive.number("number", &number)
      } _: { archive throws(ArchiveError) in
        try archive.part("part") { archive throws(ArchiveError) in
          try archive.number("other", &other)
        }
      }
    }
    #expect(throws: ArchiveError.unknown(["number"])) {
      try loaded(
        { archive throws(ArchiveError) in try archive.number("number", &number) }, { _ in })
    }
    var float: Float = 0
    #expect(throws: ArchiveError.kind("number", found: .int64, expected: .float32)) {
      try loaded { archive throws(ArchiveError) in
        try archive.number("number", &number)
      } _: { archive throws(ArchiveError) in
        try archive.number("number", &float)
      }
    }
    // Of two with one name the later one counts.
    var saving = Archive.saving()
    try saving.number("number", &other)
    var first = Archive.saving()
    try first.number("number", &number)
    var loading = Archive.loading(first.entries + saving.entries)
    try loading.number("number", &number)
    #expect(number == 2)
  }

  @Test func valuesAreJSON() throws {
    var value = ["a": [1.5, .infinity, -0.0]]
    var found: [String: [Double]] = [:]
    try loaded { archive throws(ArchiveError) in
      try archive.value("value", &value)
    } _: { archive throws(ArchiveError) in
      try archive.value("value", &found)
    }
    #expect(found["a"]?.map(\.bitPattern) == value["a"]?.map(\.bitPattern))
    var text = "[1, 2]"
    for damaged in ["[1, 2]", "[", "{}", #"["x"]"#] {
      text = damaged
      var number = 0
      #expect(throws: ArchiveError.self) {
        try loaded { archive throws(ArchiveError) in
          try archive.text("value", &text)
        } _: { archive throws(ArchiveError) in
          try archive.value("value", &number)
        }
      }
    }
  }
}
