public import Runs

extension RunWriter {
  /// Begins a run as a branch of another at one of its checkpoints, with all that had been kept of it up
  /// to there, so that the branch can be gone on with and repeated by itself.
  ///
  /// Of events and losses that are damaged it has what can be read; what is missing is said.
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
    let history = try RunHistory(of: folder, until: checkpoint)
    self.init(card, documents: documents, in: collection, keepingEvery: interval)
    for fact in history.facts { append(fact) }
    // Checkpoints keep their pairs, and with them the lengths of what stood there.
    var (events, losses) = (history.events[...], history.losses[...])
    for part in history.parts {
      for line in events.prefix(part.events) { append(event: line) }
      append(Array(losses.prefix(part.losses)))
      (events, losses) = (events.dropFirst(part.events), losses.dropFirst(part.losses))
      let checkpoint = part.checkpoint
      self.checkpoint(
        step: checkpoint.step, isBest: checkpoint.isBest, isStart: checkpoint.isStart,
        model: checkpoint.model, state: checkpoint.state)
    }
    settle()
    if let missing = history.missing { say(missing) }
  }
}

/// What was kept of a run up to a checkpoint.
private struct RunHistory {
  /// What was recorded between two checkpoints, and the later one of them.
  struct Part {
    let events: Int
    let losses: Int
    let checkpoint: Checkpoint
  }

  /// What a repetition of the branch needs of the journal.
  let facts: [JournalFact]
  let events: [String]
  let losses: [LossBin]
  /// By checkpoint: what the run began with if that is kept, the best one, and that of the branch.
  let parts: [Part]
  /// What cannot be read, in words for a person; nil: nothing.
  let missing: String?

  init(of folder: RunFolder, until checkpoint: Checkpoint) throws(StoreError) {
    let lines = checkpoint.lengths.journalLines
    let journal = try folder.journal(strictLines: lines)
    facts =
      Journal.valid(Array(journal.facts.prefix(lines))).filter {
        $0.kind == .command || $0.kind == .resumed
      }.map(\.withoutLines) + [
        JournalFact(
          .branched, step: checkpoint.step, text: folder.id,
          epochsBefore: journal.epochsBefore(lines: lines))
      ]
    let (all, damage) = try folder.wholeCurves()
    losses = all
    events = try folder.eventLines(bytes: checkpoint.lengths.eventBytes)
    let checkpoints = try folder.kept(before: checkpoint) + [checkpoint]
    let kept = Kept(checkpoints.map(\.lengths))
    missing = kept.words(of: folder, checkpoints, damage)
    var (parts, written): ([Part], (events: Int, losses: Int)) = ([], (0, 0))
    for (one, length) in zip(checkpoints, kept.lengths) {
      let lines = try folder.eventLines(bytes: length.eventBytes).count
      let bins = length.curveBytes / LossRecords.size
      parts.append(
        Part(events: lines - written.events, losses: bins - written.losses, checkpoint: one))
      written = (lines, bins)
    }
    self.parts = parts
  }
}

/// How much of what stood in a run's files at its checkpoints stands in them still.
///
/// A file that is shorter at a later checkpoint was taken away and written anew between the two: nothing of
/// what it had at the earlier one is in it.
private struct Kept {
  /// By checkpoint, never falling.
  private(set) var lengths: [RecordedLengths]
  /// Which checkpoint is the first with events, and with losses, that are there; 0: all are.
  private var (events, losses) = (0, 0)

  init(_ lengths: [RecordedLengths]) {
    self.lengths = lengths
    events = Self.clear(\.eventBytes, in: &self.lengths)
    losses = Self.clear(\.curveBytes, in: &self.lengths)
  }

  /// Counts nothing before the last checkpoint at which a file is shorter than at the one before; that one.
  private static func clear(
    _ file: WritableKeyPath<RecordedLengths, Int>, in lengths: inout [RecordedLengths]
  ) -> Int {
    let anew = lengths.indices.dropFirst().last {
      lengths[$0][keyPath: file] < lengths[$0 - 1][keyPath: file]
    }
    for index in 0..<(anew ?? 0) { lengths[index][keyPath: file] = 0 }
    return anew ?? 0
  }

  /// What a branch lacks, for a person; nil: nothing.
  func words(
    of folder: RunFolder, _ checkpoints: [Checkpoint], _ damage: StoreError?
  ) -> String? {
    let lacks = [("events", events), ("losses", losses)].filter { $0.1 > 0 }.map { name, first in
      "the branch lacks \(name) of \(folder.id): their file was taken away between step "
        + "\(checkpoints[first - 1].step) and step \(checkpoints[first].step)"
    }
    let damaged = damage.map {
      "the branch has only the losses of \(folder.id) before a damage: \($0)"
    }
    let all = lacks + [damaged].compactMap(\.self)
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }
}

extension JournalFact {
  /// In a journal whose lines have other numbers; what it gave up is not there.
  fileprivate var withoutLines: JournalFact {
    var fact = self
    fact.keeps = nil
    return fact
  }
}

extension RunFolder {
  /// The checkpoint that the run began with, if it is kept for that, and the best one before a
  /// checkpoint, if that is not the best itself; the earliest first.
  fileprivate func kept(before checkpoint: Checkpoint) throws(StoreError) -> [Checkpoint] {
    var kept: [Checkpoint] = []
    let best = checkpoint.isBest ? nil : bestSteps.last { $0 < checkpoint.step }
    for step in Set([startStep, best].compactMap(\.self)).sorted() where step < checkpoint.step {
      kept.append(try self.checkpoint(step))
    }
    return kept
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
