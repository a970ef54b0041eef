import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Damaged archives and those of another run: an error that says where, or numbers that are as good as
/// any; never a trap.
@Suite struct ArchiveDamageTests {
  /// A run with what is visited of it, and a step with whatever was put back.
  private struct Subject {
    let name: String
    let visit: (inout Archive) throws(ArchiveError) -> Void
    let goOn: () -> Void
  }

  private func lottery() throws -> Subject {
    let course = try ArchiveLotteryTests.Course(
      "csrec", ["rule": "impact-param", "resample": "step", "keep": "0.5", "moments": "per-task"])
    course.go(0..<(course.length - 2))
    return Subject(name: "lottery", visit: course.visit) {
      _ = course.trainer.step(course.problem.batch(rows: 24), rate: 0.02)
      course.lottery.stepTaken()
      _ = course.lottery.epochEnded([0.5, 0.5])
      _ = course.lottery.tasksChanged()
    }
  }

  private func balanced(_ balancer: String, _ tables: OptimizerConfiguration.Tables) throws
    -> Subject
  {
    var script = ArchiveScript(optimizer: OptimizerConfiguration(tables: tables))
    script.balancer = BalancerSetting(balancer)
    let (trainer, problem) = (try script.make(), script.problem)
    try script.go(trainer, to: 4)
    return Subject(name: balancer, visit: trainer.visit) {
      _ = trainer.step(problem.batch(rows: 24), rate: 0.02)
    }
  }

  private func subjects() throws -> [Subject] {
    [try lottery()]
      + (try ["excess", "stch", "uncertainty"].map {
        try balanced($0, $0 == "excess" ? .dense : .lazy)
      })
  }

  /// The same entry with other bytes.
  private func entry(
    _ entry: Archive.Entry, kind: ArchiveKind? = nil, count: Int? = nil, bytes: [UInt8]
  ) -> Archive.Entry {
    Archive.Entry(
      name: entry.name, kind: kind ?? entry.kind, count: count ?? entry.count,
      content: .owned(bytes))
  }

  private func bytes(_ entry: Archive.Entry) -> [UInt8] { entry.withBytes { Array($0) } }

  @Test func nothingMayBeMissingOrStrange() throws {
    for subject in [try lottery(), try balanced("excess", .dense)] {
      let good = try saved(subject.visit)
      for (index, one) in good.enumerated() {
        var entries = good
        entries.remove(at: index)
        #expect(throws: ArchiveError.missing(one.name)) { try load(entries, subject.visit) }
        entries = good
        let other: ArchiveKind =
          one.kind.size == 4 ? .uint32 : one.kind.size == 8 ? .uint64 : .float32
        entries[index] = entry(one, kind: other, bytes: bytes(one))
        #expect(throws: ArchiveError.self) { try load(entries, subject.visit) }
        for count in [-1, Int.max] {
          entries[index] = entry(one, count: count, bytes: bytes(one))
          #expect(throws: ArchiveError.self) { try load(entries, subject.visit) }
        }
        guard one.count > 0 else { continue }
        entries[index] = entry(one, bytes: Array(bytes(one).dropLast()))
        #expect(throws: ArchiveError.self) { try load(entries, subject.visit) }
      }
      let strange = Archive.Entry(
        name: "state/mood", kind: .uint8, count: 1, content: .owned([1]))
      #expect(throws: ArchiveError.unknown(["state/mood"])) {
        try load(good + [strange], subject.visit)
      }
      try load(good, subject.visit)
      #expect(try differences(saved(subject.visit), good) == [])
    }
  }

  /// One element less, and another shape of what may have any size.
  @Test func sizesAreThoseOfTheRun() throws {
    for subject in [try lottery(), try balanced("excess", .dense)] {
      let good = try saved(subject.visit)
      for (index, one) in good.enumerated() where one.count > 0 {
        for more in [false, true] {
          var entries = good
          let whole = bytes(one)
          entries[index] = entry(
            one, count: more ? 2 * one.count : one.count - 1,
            bytes: more ? whole + whole : Array(whole.dropLast(one.kind.size)))
          do throws(any Error) {
            try load(entries, subject.visit)
            subject.goOn()
          } catch {
            #expect(error is ArchiveError, "\(one.name): \(error)")
          }
        }
      }
      try load(good, subject.visit)
      #expect(try differences(saved(subject.visit), good) == [])
    }
  }

  /// Whole numbers that are no index and no count, flags that are neither, floats that are no numbers.
  @Test func valuesThatCannotBe() throws {
    var refused = Set<String>()
    for subject in try subjects() {
      let good = try saved(subject.visit)
      for (index, one) in good.enumerated() where one.count > 0 {
        for value in strange(one.kind) {
          for place in [one.count - 1] {
            var (entries, damaged) = (good, bytes(one))
            damaged.replaceSubrange(
              (place * one.kind.size)..<((place + 1) * one.kind.size), with: value)
            entries[index] = entry(one, bytes: damaged)
            do throws(any Error) {
              try load(entries, subject.visit)
              subject.goOn()
            } catch {
              #expect(error is ArchiveError, "\(one.name): \(error)")
              #expect("\(error)".contains(one.name) || "\(error)".contains("'"), "\(error)")
              refused.insert(one.name)
            }
          }
        }
      }
      try load(good, subject.visit)
      #expect(try differences(saved(subject.visit), good) == [])
    }
    // What would be an index or a choice is among what is refused.
    for name in [
      "trainer/state/step", "trainer/state/restriction", "trainer/state/is-on",
      "trainer/state/alternation", "trainer/optimizers/common/steps", "trainer/stage-0/capped",
      "trainer/stage-0/rule/seen", "lottery/stage", "lottery/ladder/tasks", "lottery/ladder/rounds",
      "lottery/ladder/masks", "lottery/chosen/task-0", "lottery/draws", "lottery/was-on",
      "trainer/parameters/dials.tau", "balancer/name", "balancer/choices", "balancer/age",
      "balancer/weighed", "balancer/memory/steps", "balancer/memory/means/last-epoch",
    ] {
      #expect(refused.contains(name) || isEmpty(name), "\(name) takes anything")
    }
  }

  /// Whether nothing was saved by a name, so that nothing of it could be damaged.
  private func isEmpty(_ name: String) -> Bool {
    ["trainer/state/restriction", "trainer/stage-0/capped"].contains(name)
  }

  private func strange(_ kind: ArchiveKind) -> [[UInt8]] {
    func all<Number>(_ numbers: [Number]) -> [[UInt8]] {
      numbers.map { number in withUnsafeBytes(of: number) { Array($0) } }
    }
    return switch kind {
    case .float32: all([Float.nan])
    case .float64: all([Double.nan, 1e300])
    case .int64: all([-1, Int.min, Int.max, 1_000])
    case .int32: all([Int32.min])
    case .uint64: all([UInt64.max])
    case .uint32: all([UInt32.max])
    case .uint8: all([UInt8.max, 2, 0x7B])
    }
  }

  /// An archive of another model, other sizes, or another balancer.
  @Test func archivesOfOtherRuns() throws {
    let script = ArchiveScript(model: "mmoe")
    let own = try script.make()
    var others = try ["hard-sharing", "csrec", "mran", "crossdistil"].map {
      try ArchiveScript(model: $0).make()
    }
    others.append(try ArchiveScript(model: "mmoe", options: ["experts": "3"]).make())
    others.append(
      try ArchiveScript(model: "mmoe", optimizer: OptimizerConfiguration(.sgd)).make())
    for other in others {
      #expect(throws: ArchiveError.self) { try load(saved(other.visit), own.visit) }
    }
    var damaged = try saved(own.visit)
    let text = Array(#"[{"inner":"pcgrad"}]"#.utf8)
    func put(_ name: String, _ bytes: [UInt8]) throws {
      let index = try #require(damaged.firstIndex { $0.name == "balancer/\(name)" })
      damaged[index] = Archive.Entry(
        name: "balancer/\(name)", kind: .uint8, count: bytes.count, content: .owned(bytes))
    }
    try put("is-there", [1])
    damaged += [("name", Array("pcgradd".utf8)), ("choices", text)].map {
      Archive.Entry(
        name: "balancer/\($0)", kind: .uint8, count: $1.count, content: .owned($1))
    }
    #expect(throws: ArchiveError.self) { try load(damaged, own.visit) }
    try put("name", Array("pcgrad".utf8))
    #expect(throws: ArchiveError.self) { try load(damaged, own.visit) }
  }
}
