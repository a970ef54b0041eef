public import Foundation

/// The bounds that a log's `truth.json` knows: what the truth itself scores on the test rows, or is
/// expected to score.
public struct TruthFile: Sendable {
  /// The file's name beside the log.
  public static let name = "truth.json"

  /// How many rows the log has.
  public let impressions: Int
  /// The log's file.
  public let logFile: String
  /// The checksum of the log that it is the truth of; nil in files of earlier versions.
  public let logChecksum: String?
  /// By task, what the truth itself scores, which a model beats by chance only.
  ///
  /// Of the test rows' labels as they were drawn it is the RMSE of a rating and the perplexity of a
  /// text, on average over draws the AUC (binary) and the RMSE of log(1 + seconds) over clicks (watch).
  public let bounds: [String: Double]
  /// Whether it is as it was written.
  let isIntact: Bool
  /// The checksums of files that it is the truth of, by their names.
  let checksums: [String: String]

  /// Reads the text of a truth file; nil if it is none.
  public init?(json: Data) {
    guard let text = try? JSONDecoder().decode(Text.self, from: json) else { return nil }
    guard let rows = text.impressions ?? text.reviews else { return nil }
    impressions = rows
    logFile = text.log?.file ?? "log.csv"
    logChecksum = text.log?.checksum
    let files = [text.log, text.opinion_file].compactMap { $0 }
    checksums = Dictionary(files.map { ($0.file ?? "log.csv", $0.checksum) }) { first, _ in first }
    bounds = text.tasks.compactMapValues { task in
      task.bayes_auc_by_split?["test"].flatMap { $0 } ?? task.bayes_rmse_log1p_clicked
        ?? task.bayes_rmse_of_draw ?? task.bayes_rmse ?? task.bayes_perplexity
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
      let bayes_rmse: Double?
      let bayes_rmse_of_draw: Double?
      let bayes_perplexity: Double?
    }
    struct Log: Decodable {
      let file: String?
      let checksum: String
    }
    let impressions: Int?
    let reviews: Int?
    let log: Log?
    let opinion_file: Log?
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
    judged(by: truth, because: truth.doubt(rows: rowCount) { LogChecksum.matches(log, $0) })
  }

  /// The data set with the bounds of the truth that lies beside its log, if one does.
  ///
  /// The truth counts only for the file whose checksum it names: a log of another seed, a log that
  /// was changed since and a second log in the same folder have no known bound.
  public func judged(byTruthIn folder: String, schema: DatasetSchema) -> Dataset {
    guard let truth = TruthFile(in: folder) else { return self }
    let file = printable(truth.logFile)
    guard schema.files == .all(FileList(truth.logFile)) else {
      return judged(by: truth, because: "the rows are not those of \(file) alone")
    }
    do {
      let path = folder.isEmpty ? truth.logFile : "\(folder)/\(truth.logFile)"
      let doubt = try truth.doubt(rows: rowCount) { known throws(ReaderError) in
        let source = try PeekedSource.text(of: FileSource(path, hint: nil), path: path)
        return try LogChecksum.matches(source, known)
      }
      return judged(by: truth, because: doubt)
    } catch {
      return judged(by: truth, because: "\(file) can no longer be read")
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
  /// Why the truth is not that of rows; nil if it is.
  ///
  /// `isOf` says whether the log has a checksum.
  fileprivate func doubt<Refusal>(
    rows: Int, isOf: (String) throws(Refusal) -> Bool
  ) throws(Refusal) -> String? {
    guard let logChecksum else {
      return "it does not name its log (it is of an earlier version; generate the log anew)"
    }
    guard isIntact else { return "it was changed since it was written" }
    guard try isOf(logChecksum) else {
      let file = printable(logFile)
      return "it is of another \(file), or \(file) was changed since (generate both anew)"
    }
    return rows == impressions ? nil : "it is of \(impressions) rows, and \(rows) were read"
  }
}
