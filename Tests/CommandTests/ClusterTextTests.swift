import ArgumentParser
import Ranks
import Testing
import Training

@testable import mtl_tui

/// What `bench --cluster` takes and prints.
@Suite struct ClusterTextTests {
  private static func refusal(_ text: String) -> String {
    do {
      _ = try ClusterWish(text)
      return "taken"
    } catch {
      return error.message
    }
  }

  @Test func figuresAreRead() throws {
    let found = try ClusterWish("ranks=64,latency=2us,bandwidth=12GB/s")
    #expect(found == .cluster(ranks: 64, wire: ClusterWire(latency: 2 * 1e-6, bandwidth: 12e9)))
    let other = try ClusterWish("bandwidth=100Gbit/s,latency=0.5ms,ranks=1")
    #expect(other == .cluster(ranks: 1, wire: ClusterWire(latency: 0.5 * 1e-3, bandwidth: 12.5e9)))
    #expect(try ClusterWish("local") == .local)
  }

  private static let form = " It is ranks=64,latency=2us,bandwidth=12GB/s, or local."

  /// One message each: what was found, what is expected.
  @Test(arguments: [
    ("ranks=0,latency=2us,bandwidth=1GB/s", "ranks must be from 1 to 16384, found '0'."),
    ("ranks=two,latency=2us,bandwidth=1GB/s", "ranks must be from 1 to 16384, found 'two'."),
    ("ranks=2,latency=2us", "bandwidth is missing."),
    ("", "'' is no part of it."), ("Local", "'Local' is no part of it."),
    ("ranks=2,ranks=3,latency=2us,bandwidth=1GB/s", "ranks must be given a value, once."),
    ("ranks,latency=2us,bandwidth=1GB/s", "ranks must be given a value, once."),
    ("ranks=2,speed=3", "'speed' is no part of it."),
    (
      "ranks=2,latency=2,bandwidth=1GB/s",
      "latency must be a number with a unit (ns, us, µs, ms, s), found '2'."
    ),
    (
      "ranks=2,latency=-2us,bandwidth=1GB/s",
      "latency must be from 0 s to 60 s, found '-2us'."
    ),
    (
      "ranks=2,latency=nanus,bandwidth=1GB/s",
      "latency must be from 0 s to 60 s, found 'nanus'."
    ),
    (
      "ranks=2,latency=2us,bandwidth=0GB/s",
      "bandwidth must be from 1 B/s to 1000000 GB/s, found '0GB/s'."
    ),
    (
      "ranks=2,latency=1e300s,bandwidth=1GB/s", "latency must be from 0 s to 60 s, found '1e300s'."
    ),
    (
      "ranks=2,latency=2us,bandwidth=1e308GB/s",
      "bandwidth must be from 1 B/s to 1000000 GB/s, found '1e308GB/s'."
    ),
    (
      "ranks=2,latency=2us,bandwidth=12GB",
      "bandwidth must be a number with a unit (Gbit/s, Mbit/s, GB/s, MB/s, kB/s, B/s), found '12GB'."
    ),
  ]) func refusals(_ text: String, _ words: String) {
    #expect(Self.refusal(text) == "--cluster: " + words + Self.form)
  }

  @Test func ranksThatArePrinted() {
    #expect(ClusterText.ranks(asked: 64) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    #expect(ClusterText.ranks(asked: 3).prefix(4) == [1, 2, 3, 4])
    #expect(ClusterText.ranks(asked: 1500).suffix(2) == [1024, 1500])
    #expect(ClusterText.ranks(asked: 4096).suffix(2) == [2048, 4096])
  }

  /// What is rounded up to a thousand has the next unit.
  @Test func units() {
    #expect(
      [0, 9.994e-4, 9.9951e-4, 0.9999, 0.99996].map(ClusterText.time)
        == ["0", "999 µs", "1.0 ms", "999.9 ms", "1.00 s"])
    #expect(
      [0, 512, 999_400, 999_600, 9.996e8].map(ClusterText.size)
        == ["0", "0.512 kB", "999 kB", "1 MB", "1 GB"])
  }

  private static var text: ClusterText {
    ClusterText(
      workload: "w1b", rows: 1024, threads: 1, asked: 64,
      wire: ClusterWire(latency: 2e-6, bandwidth: 12e9),
      predictions: [
        .init(
          ranks: 1, rows: 1024, isMeasured: true, computing: 0.03, talk: [:], bytesPerRank: 0),
        .init(
          ranks: 64, rows: 65_536, isMeasured: false, computing: 0.035,
          talk: [.dense: 0.002, .lookups: 0.0025, .sums: 0.0004, .agenda: 0.0001],
          bytesPerRank: 12_345_678),
      ])
  }

  @Test func table() {
    let lines = Self.text.text.split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    #expect(lines[0] == "w1b, 1024 rows and 1 thread a rank, messages of 2 µs and 12 GB/s")
    let head = lines[2].split(separator: " ", omittingEmptySubsequences: true)
    #expect(head.prefix(4) == ["ranks", "rows", "step", "computing"])
    let cells = lines[4].split(separator: " ", omittingEmptySubsequences: true).joined(
      separator: " ")
    #expect(
      cells
        == "64 65536 40.0 ms 35.0 ms 5.0 ms 12.5 % 2.0 ms 2.5 ms 400 µs 100 µs 12.3 MB 0.75 <")
    #expect(lines[6].contains("measured here for 1 ranks"))
  }

  @Test func object() {
    let json = Self.text.json
    #expect(json.contains(#""hidden_share":0,"#) && json.contains(#""ranks":64,"rows":65536,"#))
    #expect(json.contains(#""communication_share":0.12"#))
    #expect(json.contains(#""dense_seconds":0.002"#))
  }

  @Test func comparison() {
    let prediction = ClusterModel.Prediction(
      ranks: 2, rows: 2048, isMeasured: true, computing: 0.03, talk: [.dense: 0.001],
      bytesPerRank: 9)
    let check = ClusterBenchmark.Check(
      wire: ClusterWire(latency: 1.5e-6, bandwidth: 6.1e9), prediction: prediction, measured: 0.032)
    let text = ClusterCheckText(workload: "w1b", rows: 1024, threads: 1, cores: 2, checks: [check])
    let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "w1b, 1024 rows and 1 thread a rank, which are threads on 2 cores here")
    let cells = lines[3].split(separator: " ", omittingEmptySubsequences: true).joined(
      separator: " ")
    #expect(cells == "2 1.5 µs 6.1 GB/s 30.0 ms 1.0 ms 31.0 ms 32.0 ms -3.1 %")
    #expect(text.json.contains(#""measured_seconds":0.032"#))
  }

  /// What does not go together is one message of exit code 64.
  @Test(arguments: [
    ["--cluster", "ranks=2,latency=2us,bandwidth=1GB/s", "--scaling"],
    ["--cluster", "local", "--batch", "127"], ["--cluster", "local", "--batch", "8193"],
    ["--cluster", "local", "--threads", "1,2"], ["--cluster", "here"],
    ["--cluster", "local", "--data", "sample"], ["--cluster", "local", "--pin"],
  ]) func refusedTogether(_ words: [String]) {
    do {
      _ = try BenchCommand.parse(words)
      Issue.record("it was taken")
    } catch {
      #expect(BenchCommand.exitCode(for: error).rawValue == 64)
    }
  }
}
