import ArgumentParser
import Foundation
import Tensors
import Testing
import Training

@testable import mtl_tui

/// What `bench --scaling` prints of given numbers.
@Suite struct ScalingTextTests {
  /// The second point was shared by pieces.
  private var text: ScalingText {
    var text = given
    text.results[0].points[0].schedule = "lanes"
    text.results[0].points[1].schedule = "pieces"
    return text
  }

  private let given = ScalingText(
    cores: 4,
    limits: [
      MachineLimit(threads: 1, products: 100e9, bandwidth: 12e9),
      MachineLimit(threads: 4, products: 360e9, bandwidth: 24e9),
    ],
    results: [
      ScalingBenchmark.Result(
        workload: "w1b", batchSize: 1024,
        points: [
          ScalingBenchmark.Point(
            threads: 1, examplesPerSecond: 30_000, bestExamplesPerSecond: 31_000,
            barriers: [
              .init(barrier: .packing, loops: 1, pieces: 20, fewestPieces: 20, waiting: 0.001),
              .init(barrier: .lanes, loops: 1, pieces: 8, fewestPieces: 8, waiting: 0.002),
            ], alone: 0),
          ScalingBenchmark.Point(
            threads: 4, examplesPerSecond: 90_000, bestExamplesPerSecond: 96_000,
            barriers: [
              .init(barrier: .packing, loops: 1, pieces: 20, fewestPieces: 3.5, waiting: 0.025),
              .init(barrier: .lanes, loops: 1, pieces: 8, fewestPieces: 1, waiting: 0.2),
              .init(barrier: .tables, loops: 0.5, pieces: 40, fewestPieces: 9, waiting: 0.0125),
            ], alone: 0.0125),
        ])
    ])

  @Test func table() {
    let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "\(CPULevel.current), 4 cores")
    var pinned = text
    pinned.isPinned = true
    #expect(pinned.text.hasPrefix("\(CPULevel.current), 4 cores, pinned\n"))
    let expected = """
      threads   products  a thread     memory  a thread
      1        100 Gop/s      1.00  12.0 GB/s      1.00
      4        360 Gop/s      0.90  24.0 GB/s      0.50

      w1b, batch 1024, 2.5 loops a step
      threads  schedule  examples/s  efficiency  products  memory  waiting  packing   lanes  tables  alone  pieces a thread, least of mean
      1           lanes       30000        1.00      1.00    1.00    0.3 %    0.1 %   0.2 %       –  0.0 %  packing 20 of 20, lanes 8 of 8
      4          pieces       90000        0.75      0.90    0.50   25.0 %    2.5 %  20.0 %   1.2 %  1.2 %  packing 3.5 of 5, lanes 1 of 2, tables 9 of 10
      """
    #expect(lines[2..<10].joined(separator: "\n") == expected)
  }

  /// What was simulated stands below, without the machine's limits.
  @Test func simulatedTable() throws {
    var text = text
    text.results[0].simulated = [
      .init(
        threads: 1, examplesPerSecond: 100, bestExamplesPerSecond: 100,
        barriers: [.init(barrier: .rows, loops: 1, pieces: 32, fewestPieces: 32, waiting: 0)],
        alone: 0),
      .init(
        threads: 16, examplesPerSecond: 1200, bestExamplesPerSecond: 1200,
        barriers: [.init(barrier: .rows, loops: 1, pieces: 32, fewestPieces: 1, waiting: 0.24)],
        alone: 0.01),
    ]
    text.results[0].simulated[0].schedule = "lanes"
    text.results[0].simulated[1].schedule = "lanes"
    text.results[0].simulated[1].memoryBound = 800
    text.results[0].simulated[1].traffic = 25.1e9
    text.results[0].simulated[1].whyLanes = "the tasks' gradients are kept apart"
    let lines = text.table(text.results[0]).split(separator: "\n").map(String.init)
    let expected = """
      simulated from the pieces of steps as one thread runs them, with the caches and the clock that it \
      has for itself; a barrier costs for each further thread what it does on the 4 cores here
      threads  schedule  examples/s  efficiency  memory-bound    traffic  waiting    rows  alone  pieces a thread, least of mean
      1           lanes         100        1.00             –          –    0.0 %   0.0 %  0.0 %  rows 32 of 32
      16          lanes        1200        0.75          0.50  25.1 GB/s   25.0 %  24.0 %  1.0 %  rows 1 of 2
      16: by lanes, since the tasks' gradients are kept apart
      """
    #expect(lines.suffix(5).joined(separator: "\n") == expected)
    text.cores = 1
    let alone = text.table(text.results[0])
    #expect(alone.contains("for itself; barriers cost nothing, as on the 1 core here\n"))
    let all = try #require(
      JSONSerialization.jsonObject(with: Data(text.json.utf8)) as? [String: Any])
    let workload = try #require((all["workloads"] as? [[String: Any]])?.first)
    let simulated = try #require(workload["simulated"] as? [[String: Any]])
    #expect(simulated.map { $0["efficiency"] as? Double } == [1, 0.75])
    #expect(simulated[1]["examples_per_second_memory_bound"] as? Double == 800)
    #expect(simulated[0]["examples_per_second_memory_bound"] is NSNull)
    #expect(simulated[1]["traffic_bytes_per_second"] as? Double == 25.1e9)
    #expect((workload["points"] as? [Any])?.count == 2)
  }

  /// Memory of the most threads over that of one; without one, or with one alone, nobody knows.
  @Test func memoryOfThoseThatAreThere() {
    let limits = given.limits
    #expect(ScalingText.memory(limits) == 2)
    #expect(ScalingText.memory(limits.reversed()) == 2)
    #expect(ScalingText.memory([limits[0]]) == nil && ScalingText.memory([limits[1]]) == nil)
  }

  @Test func object() throws {
    let all = try #require(
      JSONSerialization.jsonObject(with: Data(text.json.utf8)) as? [String: Any])
    #expect(all["cores"] as? Int == 4)
    #expect(all["pinned"] as? Bool == false)
    let machine = try #require(all["machine"] as? [[String: Any]])
    #expect(machine.map { $0["bytes_per_second"] as? Double } == [12e9, 24e9])
    let workload = try #require((all["workloads"] as? [[String: Any]])?.first)
    #expect(workload["batch"] as? Int == 1024)
    let point = try #require((workload["points"] as? [[String: Any]])?.last)
    #expect(point["examples_per_second_best"] as? Double == 96_000)
    #expect(point["efficiency"] as? Double == 0.75)
    #expect(point["schedule"] as? String == "pieces" && point["why_lanes"] is NSNull)
    #expect(point["waiting"] as? Double == 0.25)
    #expect(point["waiting_alone"] as? Double == 0.0125)
    let barriers = try #require(point["barriers"] as? [[String: Any]])
    #expect(barriers.map { $0["barrier"] as? String } == ["packing", "lanes", "tables"])
    #expect(barriers[0]["pieces_a_thread"] as? Double == 5)
    #expect(barriers[0]["pieces_a_thread_least"] as? Double == 3.5)
    #expect(barriers[2]["loops_per_step"] as? Double == 0.5)
  }

  /// Efficiency is over the fewest threads that were measured, whatever their order.
  @Test func efficiencyOverTheFewest() {
    func point(_ threads: Int, _ rate: Double) -> ScalingBenchmark.Point {
      .init(
        threads: threads, examplesPerSecond: rate, bestExamplesPerSecond: rate, barriers: [],
        alone: 0)
    }
    let result = ScalingBenchmark.Result(
      workload: "w", batchSize: 1, points: [point(8, 60), point(2, 20)])
    let points = result.points
    #expect(
      points.map { ScalingBenchmark.Result.efficiency(of: $0, among: points) } == [0.75, 1])
  }

  @Test(arguments: [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (16, [1, 2, 4, 8, 16])])
  func threadsWithoutBeingTold(cores: Int, counts: [Int]) {
    #expect(BenchMachineOptions.doubling(to: cores) == counts)
  }

  @Test func threadsByCommas() throws {
    let command = try BenchCommand.parse(["--scaling", "--threads", "4,1,2,4"])
    #expect(command.machine.counts == [1, 2, 4])
    #expect(try BenchCommand.parse(["--threads", "3"]).machine.count == 3)
    #expect(try BenchCommand.parse([]).machine.count == 2)
    for wrong in [
      ["--threads", "1,2"], ["--scaling", "--threads", "1,"], ["--scaling", "--threads", "0,1"],
      ["--scaling", "--roofline"], ["--level", "sse9"], ["--workload", "w1b,w9"],
      ["--scaling", "--threads", "1,100000"], ["--pin", "--threads", "\(WorkerPool.most)"],
      ["--pin", "--roofline"], ["--schedule", "lanes", "--checkpoint"], ["--schedule", "rows"],
      ["--simulate", "8"], ["--scaling", "--simulate", "0"],
    ] {
      #expect(throws: (any Error).self, "\(wrong)") { try BenchCommand.parse(wrong) }
    }
  }

  /// What is refused is called by its own name.
  @Test func refusalsNameTheirOption() {
    for (words, message) in [
      (["--scaling", "--simulate", "100000"], "--simulate must be from 1 to \(WorkerPool.most)"),
      (["--scaling", "--threads", "100000"], "--threads must be from 1 to \(WorkerPool.most)"),
      (["--workload", ""], "--workload names none. Known: w1a"),
      (["--workload", ","], "--workload names none. Known: w1a"),
    ] {
      let error = #expect(throws: (any Error).self) { try BenchCommand.parse(words) }
      let said = error.map { BenchCommand.message(for: $0) } ?? ""
      #expect(said.contains(message), "\(words): \(said)")
    }
  }

  /// The usual number of threads needs its cores as one that is given does.
  @Test(arguments: [
    ([], false, 2), (["--threads", "3"], false, 3), (["--threads", "1,4"], true, 4),
  ])
  func pinningAsksForTheThreadsThatTrain(words: [String], isScaling: Bool, threads: Int) throws {
    func asked(_ words: [String]) throws -> [Int] {
      var asked: [Int] = []
      let machine = try BenchMachineOptions.parse(words)
      try machine.checkPinning(isScaling: isScaling) { count throws(PinningError) in
        asked.append(count)
      }
      return asked
    }
    #expect(try asked(words + ["--pin"]) == [threads])
    #expect(try asked(words) == [])
    let machine = try BenchMachineOptions.parse(words + ["--pin"])
    #expect(throws: (any Error).self) {
      try machine.checkPinning(isScaling: isScaling) { _ throws(PinningError) in
        throw .fewCores(threads: threads, cores: 1)
      }
    }
  }
}
