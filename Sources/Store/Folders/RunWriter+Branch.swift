public import Runs

extension RunWriter {
  /// Begins a run as a branch of another at one of its checkpoints, with all that had been kept of it up
  /// to there, so that the branch can be gone on with and repeated by itself.
  ///
  /// - Parameters:
  ///   - card: What a list says of the branch; its parent is the folder's run.
  ///   - folder: The run that it branches off.
  ///   - checkpoint: A checkpoint of that run.
  ///   - collection: Where the branch's folder is made.
  ///   - interval: Of how many steps each one's checkpoint is kept.
  /// - Throws: ``StoreError`` for what cannot be read of the run.
  public convenience init(
    _ card: RunCard, branchingOff folder: RunFolder, at checkpoint: Checkpoint,
    in collection: RunCollection, keepingEvery interval: Int? = nil
  ) throws(StoreError) {
    var card = card
    card.parent = folder.id
    var documents: [RunFolder.Document: [UInt8]] = [:]
    for document in [
      RunFolder.Document.configuration, .schema, .encoding, .description,
    ] {
      documents[document] = try folder.read(document)
    }
    let (lengths, facts) = (checkpoint.lengths, try folder.journal().facts)
    let (events, losses) = (try folder.eventLines(bytes: lengths.eventBytes), try folder.curves())
    let best = try folder.best(before: checkpoint)
    self.init(card, documents: documents, in: collection, keepingEvery: interval)
    for fact in Journal.commands(Journal.valid(Array(facts.prefix(lengths.journalLines)))) {
      append(fact)
    }
    append(JournalFact(.branched, step: checkpoint.step, text: folder.id))
    // The best step before the branch keeps its pair, and with it the lengths of what stood there.
    let earlier = best?.lengths ?? RecordedLengths()
    let kept = (
      try folder.eventLines(bytes: earlier.eventBytes).count, earlier.curveBytes / LossRecords.size
    )
    for line in events.prefix(kept.0) { append(event: line) }
    append(Array(losses.prefix(kept.1)))
    if let best {
      self.checkpoint(step: best.step, isBest: true, model: best.model, state: best.state)
    }
    for line in events.dropFirst(kept.0) { append(event: line) }
    append(Array(losses.prefix(lengths.curveBytes / LossRecords.size).dropFirst(kept.1)))
    self.checkpoint(
      step: checkpoint.step, isBest: checkpoint.isBest, model: checkpoint.model,
      state: checkpoint.state)
    settle()
  }
}

extension RunFolder {
  /// The best of the checkpoints before one, if that is not the best itself; nil: none has been kept.
  fileprivate func best(before checkpoint: Checkpoint) throws(StoreError) -> Checkpoint? {
    guard !checkpoint.isBest,
      let step = bestSteps.last(where: { $0 < checkpoint.step })
    else { return nil }
    return try self.checkpoint(step)
  }

  /// The events that stand in the first bytes of their file, whole lines.
  fileprivate func eventLines(bytes: Int) throws(StoreError) -> [String] {
    var left = bytes
    var lines: [String] = []
    for line in try events() {
      left -= line.utf8.count + 1
      guard left >= 0 else { break }
      lines.append(line)
    }
    return lines
  }
}
