import Datasets
import Foundation
import Ranks
import Training

/// What `bench --cluster` prints of a workload on more and more ranks.
struct ClusterText {
  /// The workload's name.
  var workload: String
  /// Rows of a rank.
  var rows: Int
  /// Threads of a rank.
  var threads: Int
  /// The ranks that were asked for.
  var asked: Int
  /// What carries messages.
  var wire: ClusterWire
  /// In rising order of ranks, from one process on.
  var predictions: [ClusterModel.Prediction]

  /// The numbers of ranks that are printed: 1, 2, 4 … 1,024 or more, and those that were asked for.
  static func ranks(asked: Int) -> [Int] {
    var ranks = [1]
    while let last = ranks.last, last < max(1024, asked) { ranks.append(2 * last) }
    return Set(ranks.filter { $0 <= max(1024, asked) } + [asked]).sorted()
  }

  /// Examples a second of a rank over those of one process; 1 if nothing is lost.
  private func efficiency(_ prediction: ClusterModel.Prediction) -> Double {
    predictions[0].seconds / prediction.seconds
  }

  /// All that is printed for people.
  var text: String {
    var table = TextTable([
      "ranks", "rows", "step", "computing", "communication", "share", "dense", "tables", "sums",
      "what next", "sent by a rank", "efficiency",
    ])
    for prediction in predictions {
      let talk = prediction.talk
      table.add(
        [
          "\(prediction.ranks)", "\(prediction.rows)", Self.time(prediction.seconds),
          Self.time(prediction.computing), Self.time(prediction.talkSeconds),
          String(format: "%.1f %%", 100 * prediction.talkShare),
        ]
          + [.dense, .lookups].map { Self.time(talk[$0, default: 0]) }
          + [
            Self.time(
              talk[.sums, default: 0] + talk[.meetings, default: 0] + talk[.outputs, default: 0]),
            Self.time(talk[.agenda, default: 0]), Self.size(prediction.bytesPerRank),
            String(format: "%.2f", efficiency(prediction)),
          ], remark: prediction.ranks == asked ? "<" : "")
    }
    return """
      \(printable(workload)), \(rows) rows and \(Self.plural(threads, "thread")) a rank, messages of \
      \(Self.time(wire.latency)) and \(Self.rate(wire.bandwidth))

      \(table.text)

      \(legend)
      """
  }

  /// What the columns mean, and how far they can be trusted.
  private var legend: String {
    let measured = predictions.filter(\.isMeasured).map { "\($0.ranks)" }
    return """
      step: predicted of what a rank computes and of what all send each other. computing: of a rank by \
      itself, measured here for \(measured.joined(separator: ", ")) ranks; for others by the line through \
      them, since every rank moves the table rows of all. communication: the bytes of a step by formula, \
      over this wire, none of it counted as hidden behind computing. A batch has at most 8 lanes, so that 8 ranks \
      are the most that train today; more are predicted as if each had one.
      """
  }

  /// One JSON object.
  var json: String {
    object([
      ("workload", quoted(workload)), ("rows_a_rank", "\(rows)"), ("threads", "\(threads)"),
      ("ranks", "\(asked)"), ("latency_seconds", number(wire.latency)),
      ("bytes_per_second", number(wire.bandwidth)), ("hidden_share", "0"),
      (
        "predictions",
        array(
          predictions.map { prediction in
            object([
              ("ranks", "\(prediction.ranks)"), ("rows", "\(prediction.rows)"),
              ("is_measured", "\(prediction.isMeasured)"),
              ("step_seconds", number(prediction.seconds)),
              ("computing_seconds", number(prediction.computing)),
              ("communication_seconds", number(prediction.talkSeconds)),
              ("communication_share", number(prediction.talkShare)),
              ("by_purpose", Self.json(prediction.talk)),
              ("bytes_a_rank", number(prediction.bytesPerRank)),
              ("efficiency", number(efficiency(prediction))),
            ])
          })
      ),
    ])
  }

  private static func json(_ talk: [RankPurpose: Double]) -> String {
    object(
      RankPurpose.allCases.compactMap { purpose in
        talk[purpose].map { ("\(purpose)_seconds", number($0)) }
      })
  }

  static func plural(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Seconds in the unit in which they have less than four digits before the point, once rounded.
  static func time(_ seconds: Double) -> String {
    switch seconds {
    case 0: "0"
    case ..<9.995e-4: String(format: "%.3g µs", 1e6 * seconds)
    case ..<0.99995: String(format: "%.1f ms", 1e3 * seconds)
    default: String(format: "%.2f s", seconds)
    }
  }

  static func rate(_ bytes: Double) -> String { "\(size(bytes))/s" }

  /// Bytes in the unit in which they have less than four digits before the point, once rounded.
  static func size(_ bytes: Double) -> String {
    switch bytes {
    case 0: "0"
    case ..<9.995e5: String(format: "%.3g kB", bytes / 1e3)
    case ..<9.995e8: String(format: "%.3g MB", bytes / 1e6)
    default: String(format: "%.3g GB", bytes / 1e9)
    }
  }
}

/// What `bench --cluster local` prints: predictions beside what ranks that are threads here measure.
struct ClusterCheckText {
  /// The workload's name.
  var workload: String
  /// Rows of a rank.
  var rows: Int
  /// Threads of a rank.
  var threads: Int
  /// The cores of this process.
  var cores: Int
  /// By ranks.
  var checks: [ClusterBenchmark.Check]

  /// All that is printed for people.
  var text: String {
    var table = TextTable([
      "ranks", "latency", "bandwidth", "computing", "communication", "predicted", "measured",
      "off by",
    ])
    for check in checks {
      table.add([
        "\(check.prediction.ranks)", ClusterText.time(check.wire.latency),
        ClusterText.rate(check.wire.bandwidth), ClusterText.time(check.prediction.computing),
        ClusterText.time(check.prediction.talkSeconds), ClusterText.time(check.prediction.seconds),
        ClusterText.time(check.measured), String(format: "%+.1f %%", 100 * check.error),
      ])
    }
    return """
      \(printable(workload)), \(rows) rows and \(ClusterText.plural(threads, "thread")) a rank, which are \
      threads on \(ClusterText.plural(cores, "core")) here

      \(table.text)

      computing: of a rank by itself, beside as many as there are cores. Steps are those of the quickest \
      quarter's end, measured in turn; the wire is that of threads, measured apart.
      """
  }

  /// One JSON object.
  var json: String {
    object([
      ("workload", quoted(workload)), ("rows_a_rank", "\(rows)"), ("threads", "\(threads)"),
      ("cores", "\(cores)"),
      (
        "checks",
        array(
          checks.map { check in
            object([
              ("ranks", "\(check.prediction.ranks)"),
              ("latency_seconds", number(check.wire.latency)),
              ("bytes_per_second", number(check.wire.bandwidth)),
              ("computing_seconds", number(check.prediction.computing)),
              ("communication_seconds", number(check.prediction.talkSeconds)),
              ("predicted_seconds", number(check.prediction.seconds)),
              ("measured_seconds", number(check.measured)), ("error", number(check.error)),
            ])
          })
      ),
    ])
  }
}
