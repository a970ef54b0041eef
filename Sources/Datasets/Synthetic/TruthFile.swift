import Foundation

/// The bounds that a log's `truth.json` knows: what the truth itself scores on the test rows.
public struct TruthFile: Sendable {
  /// The file's name beside the log.
  public static let name = "truth.json"

  /// How many rows the log has.
  public let impressions: Int
  /// By task, the AUC of the test rows (binary) or the RMSE of log(1 + seconds) over clicks (watch).
  public let bounds: [String: Double]

  /// Reads the text of a truth file; nil if it is none.
  public init?(json: Data) {
    guard let text = try? JSONDecoder().decode(Text.self, from: json) else { return nil }
    impressions = text.impressions
    bounds = text.tasks.compactMapValues { task in
      task.bayes_auc_by_split?["test"].flatMap { $0 } ?? task.bayes_rmse_log1p_clicked
    }
  }

  /// The parts of the file that matter here, under their names in it.
  private struct Text: Decodable {
    struct Task: Decodable {
      let bayes_auc_by_split: [String: Double?]?
      let bayes_rmse_log1p_clicked: Double?
    }
    let impressions: Int
    let tasks: [String: Task]
  }
}

extension Dataset {
  /// The data set with the bounds of its truth; as it is if the truth is of another log.
  public func judged(by truth: TruthFile) -> Dataset {
    guard training.count + validation.count + test.count == truth.impressions else { return self }
    var judged = self
    judged.bounds = truth.bounds.filter { name, _ in tasks.contains { $0.name == name } }
    return judged
  }
}
