extension SyntheticLog {
  /// The text of `truth.json`: how the log was drawn, and the best that a model can reach on it.
  ///
  /// It holds G and the laws of each task, β by device and slot, the Bayes AUC of each task (also
  /// by split, by segment, and on the random traffic) and the conversion rate on clicks and over
  /// the whole space. The seed is a word, since it may exceed what JSON numbers keep.
  public func truthJSON() -> String { SyntheticTruth(of: self).text.json() + "\n" }

  /// Writes `log.csv`, `schema.yaml` and `truth.json` into a directory, made if it is not there.
  ///
  /// All three are written beside their places and renamed when all are whole; files of those
  /// names are replaced.
  public func write(to directory: String) throws(SyntheticError) {
    var writer = try StagedFiles(in: directory)
    try writer.stage(csv(), as: "log.csv")
    try writer.stage(Array(schemaYAML().utf8), as: "schema.yaml")
    try writer.stage(Array(truthJSON().utf8), as: "truth.json")
    try writer.publish()
  }
}
