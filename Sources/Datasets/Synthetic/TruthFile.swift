public import Foundation

/// The bounds that a log's `truth.json` knows: what the truth itself scores on the test rows.
public struct TruthFile: Sendable {
  /// The file's name beside the log.
  public static let name = "truth.json"

  /// How many rows the log has.
  public let impressions: Int
  /// The checksum of the log that it is the truth of; nil in files of earlier versions.
  public let logChecksum: String?
  /// By task, the AUC of the test rows (binary) or the RMSE of log(1 + seconds) over clicks (watch).
  public let bounds: [String: Double]
  /// Whether it is as it was written.
  let isIntact: Bool

  /// Reads the text of a truth file; nil if it is none.
  public init?(json: Data) {
    guard let text = try? JSONDecoder().decode(Text.self, from: json) else { return nil }
    impressions = text.impressions
    logChecksum = text.log?.checksum
    bounds = text.tasks.compactMapValues { task in
      task.bayes_auc_by_split?["test"].flatMap { $0 } ?? task.bayes_rmse_log1p_clicked
    }
    isIntact = FileSeal.isIntact(json)
  }

  /// Reads the truth file in a folder; nil if there is none.
  public init?(in folder: String) {
    let path = folder.isEmpty ? Self.name : "\(folder)/\(Self.name)"
    guard let json = FileManager.default.contents(atPath: path) else { return nil }
    self.init(json: json)
  }

  /// The parts of the file that matter here, under their names in it.
  private struct Text: Decodable {
    struct Task: Decodable {
      let bayes_auc_by_split: [String: Double?]?
      let bayes_rmse_log1p_clicked: Double?
    }
    struct Log: Decodable {
      let checksum: String
    }
    let impressions: Int
    let log: Log?
    let tasks: [String: Task]
  }
}

extension Dataset {
  /// The data set with the bounds of its truth; without, and with the reason in ``boundNotice``, if
  /// the truth is of another log.
  ///
  /// - Parameters:
  ///   - truth: What the maker of a log knows.
  ///   - log: The bytes that the rows were read from.
  /// - Returns: The same rows.
  public func judged(by truth: TruthFile, of log: Data) -> Dataset {
    judged(by: truth, because: truth.doubt(about: log, rows: rowCount))
  }

  /// The data set with the bounds of the truth that lies beside its log, if one does.
  ///
  /// The truth counts only for the file whose checksum it names: a log of another seed, a log that
  /// was changed since and a second log in the same folder have no known bound.
  public func judged(byTruthIn folder: String, schema: DatasetSchema) -> Dataset {
    guard let truth = TruthFile(in: folder) else { return self }
    guard schema.files == .all("log.csv") else {
      return judged(by: truth, because: "the rows are not those of log.csv alone")
    }
    do {
      let path = folder.isEmpty ? "log.csv" : "\(folder)/log.csv"
      let log = try PeekedSource.text(of: FileSource(path, hint: nil), path: path).remainder()
      return judged(by: truth, of: log)
    } catch {
      return judged(by: truth, because: "log.csv can no longer be read")
    }
  }

  private var rowCount: Int { training.count + validation.count + test.count }

  private func judged(by truth: TruthFile, because doubt: String?) -> Dataset {
    var judged = self
    if let doubt {
      judged.boundNotice =
        "\(TruthFile.name) says nothing about these rows, so no bound is known: "
        + doubt
    } else {
      judged.bounds = truth.bounds.filter { name, _ in tasks.contains { $0.name == name } }
    }
    return judged
  }
}

extension TruthFile {
  /// Why the truth is not that of these rows; nil if it is.
  fileprivate func doubt(about log: Data, rows: Int) -> String? {
    guard let logChecksum else {
      return "it does not name its log (it is of an earlier version; generate the log anew)"
    }
    guard isIntact else { return "it was changed since it was written" }
    guard checksum(of: log) == logChecksum else {
      return "it is of another log.csv, or log.csv was changed since (generate both anew)"
    }
    return rows == impressions ? nil : "it is of \(impressions) rows, and \(rows) were read"
  }
}
