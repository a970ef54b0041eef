import Datasets
import Graph
import Tensors

// MARK: - Rows that ranks deal out

extension Trainer {
  /// Puts rows through the model block by block, each block on one rank: in a round every rank answers for
  /// a block of its own, and gets what the others have come to.
  ///
  /// Blocks are those of one process and are heard of in their order, so that whatever is made of them has
  /// its bits. Of R rows, T tasks and P ranks all together send 4·R·T·(P − 1) bytes.
  func visitDealtOutputs(
    for examples: Examples, by exchange: StepExchange,
    _ visit: (Int, Int, [UnsafePointer<Float>?]) -> Void
  ) {
    let (executor, most) = (evaluation(), evaluationRows)
    let hasAnswers = tasks.map { executor.output(Watched.logit($0.name)) != nil }
    let (rank, ranks) = (exchange.share.rank, exchange.share.ranks)
    let round = ranks * most
    let answers = Storage<Float>(count: tasks.count * round, filling: .nan)
    var read = 0
    for start in stride(from: 0, to: examples.count, by: round) {
      let rows = min(round, examples.count - start)
      let blocks = (0..<ranks).map { min(rows, $0 * most)..<min(rows, ($0 + 1) * most) }
      if !hasAllRows { fetchRows(of: examples, start, blocks, on: executor) }
      answer(examples, start, blocks[rank], into: answers.base, stride: round)
      for task in tasks.indices where hasAnswers[task] {
        exchange.gatherAnswers(
          answers.base + task * round, parts: blocks.map { 4 * $0.lowerBound..<4 * $0.upperBound })
      }
      for block in blocks where !block.isEmpty {
        let logits: [UnsafePointer<Float>?] = tasks.indices.map {
          hasAnswers[$0] ? UnsafePointer(answers.base + $0 * round + block.lowerBound) : nil
        }
        visit(start + block.lowerBound, block.count, logits)
      }
      // To give others their rows of tables this rank reads the ids of all blocks.
      read += hasAllRows ? blocks[rank].count : rows
      if read >= Self.rowsBetweenLettingGo {
        examples.letGo()
        read = 0
      }
    }
    examples.letGo()
  }

  /// Gets the rows of tables that other ranks keep for this rank's block of a round, and gives them theirs.
  private func fetchRows(
    of examples: Examples, _ start: Int, _ blocks: [Range<Int>], on executor: Executor
  ) {
    executor.beginRows()
    for (rank, block) in blocks.enumerated() where !block.isEmpty {
      let rows = examples.batch(from: start + block.lowerBound, rows: block.count)
      executor.note(sources.answered(rows, by: executor.plan), of: rank)
    }
    exchange?.isScoring = true
    executor.fetchRows()
    exchange?.isScoring = false
  }

  /// Writes by task what the model puts out for some rows of a round, which begins at a row.
  private func answer(
    _ examples: Examples, _ start: Int, _ rows: Range<Int>,
    into answers: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard !rows.isEmpty else { return }
    let executor = forward(examples.batch(from: start + rows.lowerBound, rows: rows.count))
    for task in tasks.indices {
      guard let logits = executor.output(Watched.logit(tasks[task].name)) else { continue }
      (answers + task * stride + rows.lowerBound).update(from: logits, count: rows.count)
    }
  }
}
