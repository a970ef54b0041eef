import Foundation

extension SyntheticLog {
  /// The files that ``write(to:overwrite:)`` writes.
  public static let fileNames = ["log.csv", "schema.yaml", TruthFile.name]

  /// The text of `truth.json`: how the log was drawn, and the best that a model can reach on it.
  ///
  /// It holds G and the laws of each task, β by device and slot, the Bayes AUC of each task (also
  /// by split, by segment, and on the random traffic) and the conversion rate on clicks and over
  /// the whole space. It names the checksum of its log and carries its own ``FileSeal``. The seed is
  /// a word, since it may exceed what JSON numbers keep.
  public func truthJSON() -> String { truthJSON(of: Data(csv())) }

  private func truthJSON(of log: Data) -> String {
    FileSeal.json.sealing(
      SyntheticTruth(of: self).text(logChecksum: checksum(of: log)).json() + "\n")
  }

  /// Writes `log.csv`, `schema.yaml` and `truth.json` into a directory, made if it is not there.
  ///
  /// All three are written beside their places and renamed when all are whole. Files of those names
  /// are replaced if this program wrote them: schema and truth carry a seal, and the truth names the
  /// log's checksum. The truth comes last, so that until then no bound is believed.
  ///
  /// - Throws: ``WritingError``, for somebody else's file before the log is made unless `overwrite`
  ///   says that it may be replaced.
  public func write(to directory: String, overwrite: Bool = false) throws(WritingError) {
    var files = try StagedFiles(
      Self.fileNames, in: directory,
      replacing: overwrite ? .all : .only(TruthFile.ownFiles(Self.fileNames, in: directory)))
    let log = csv()
    try files.stage(log, as: "log.csv")
    try files.stage(Array(schemaYAML().utf8), as: "schema.yaml")
    try files.stage(Array(truthJSON(of: Data(log)).utf8), as: TruthFile.name)
    try files.publish()
  }
}
