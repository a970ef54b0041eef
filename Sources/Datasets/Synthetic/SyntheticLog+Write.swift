import Foundation
internal import Tensors

extension SyntheticLog {
  /// The files that ``write(to:overwrite:threads:goesOn:)`` writes.
  public static let fileNames = ["log.csv", "schema.yaml", TruthFile.name]

  /// The text of `truth.json`: how the log was drawn, and the best that a model can reach on it.
  ///
  /// It holds G and the laws of each task, β by device and slot, the Bayes AUC of each task (also
  /// by split, by segment, and on the random traffic) and the conversion rate on clicks and over
  /// the whole space. It names the checksum of its log and carries its own ``FileSeal``. The seed is
  /// a word, since it may exceed what JSON numbers keep. The bounds of a huge log are worked out from
  /// counts, and how far each may be off stands beside it.
  public func truthJSON() -> String {
    let facts = makeFacts()
    var sum = LogChecksum(of: preset)
    var text = header
    for request in 0..<requests.count { facts.add(appendRows(ofRequest: request, to: &text)) }
    text.withUnsafeBytes { sum.add($0) }
    return truthJSON(of: sum.text, facts)
  }

  private func truthJSON(of checksum: String, _ facts: any SyntheticFacts) -> String {
    FileSeal.json.sealing(
      SyntheticTruth(of: self, facts).text(logChecksum: checksum).json() + "\n")
  }

  /// Counts what the truth says: exactly, but for a log that may be larger than memory.
  private func makeFacts() -> any SyntheticFacts {
    preset == .huge ? BinnedFacts(of: requests) : KeptFacts(of: requests)
  }

  /// Writes `log.csv`, `schema.yaml` and `truth.json` into a directory, made if it is not there.
  ///
  /// All three are written beside their places and renamed when all are whole. Files of those names
  /// are replaced if this program wrote them: schema and truth carry a seal, and the truth names the
  /// log's checksum. The truth comes last, so that until then no bound is believed. The bytes are the
  /// same on any number of threads; `goesOn` hears the rows written so far and says whether to go on.
  ///
  /// - Throws: ``WritingError``, for somebody else's file before the log is made unless `overwrite`
  ///   says that it may be replaced, and where the disk has no room for it. Nothing is left then.
  public func write(
    to directory: String, overwrite: Bool = false, threads: Int = 1,
    goesOn: (Int) -> Bool = { _ in true }
  ) throws(WritingError) {
    let pool = WorkerPool(threads: threads)
    try write(to: directory, overwrite: overwrite, by: .init(log: self, pool: pool), goesOn)
  }

  /// Writes the three files by a writer of this log.
  func write(
    to directory: String, overwrite: Bool, by writer: SyntheticLogWriter, _ goesOn: (Int) -> Bool
  ) throws(WritingError) {
    var files = try StagedFiles(
      Self.fileNames, in: directory,
      replacing: overwrite ? .all : .only(TruthFile.ownFiles(Self.fileNames, in: directory)))
    try files.checkRoom(for: expectedBytes)
    let facts = makeFacts()
    var (checksum, isWhole) = ("", false)
    try files.stage(as: "log.csv") { file throws(SystemRefusal) in
      let output = LogOutput(into: file, facts: facts, preset: preset)
      isWhole = try writer.write(into: output, goesOn: goesOn)
      checksum = output.checksum
    }
    guard isWhole else { throw .ended(path: directory) }
    try files.stage(Array(schemaYAML().utf8), as: "schema.yaml")
    try files.stage(Array(truthJSON(of: checksum, facts).utf8), as: TruthFile.name)
    guard goesOn(impressions) else { throw .ended(path: directory) }
    try files.publish()
  }

  /// The bytes that the files will have, from requests all over the log and with a hundredth more.
  var expectedBytes: Int {
    let samples = min(requests.count, 64)
    var text: [UInt8] = []
    for sample in 0..<samples {
      appendRows(ofRequest: sample * requests.count / samples, to: &text)
    }
    return text.count * requests.count / samples * 101 / 100 + Self.smallBytes
  }

  /// Room for schema and truth.
  private static let smallBytes = 1 << 16
}
