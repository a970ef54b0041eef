import Runs
import Tensors

/// Makes one corpus of the texts of all rows, with the vocabulary of those that train.
struct TextRows {
  let rule: DatasetSchema.Text
  private let log: LogRows
  let vocabulary: TextVocabulary

  /// Counts the words of training rows, as far as their texts are kept.
  init?(_ log: LogRows, _ schema: DatasetSchema) {
    guard let rule = schema.text, log.columns.words != nil else { return nil }
    self.rule = rule
    self.log = log
    var words = ByteInterner()
    var counts: [Int] = []
    log.forEachChunk { chunk in
      guard let texts = chunk.parsed.words else { return }
      var own = [Int](repeating: 0, count: texts.words.count)
      for row in 0..<chunk.parsed.rows where chunk.splits[row] == 0 {
        for word in texts[row] { own[Int(word)] += 1 }
      }
      for (word, count) in own.enumerated() where count > 0 {
        let id = Int(texts.words.withBytes(word) { words.id(of: $0) })
        if id == counts.count { counts.append(0) }
        counts[id] += count
      }
    }
    vocabulary = TextVocabulary(
      counts: Dictionary(
        uniqueKeysWithValues: counts.enumerated().map { (words.name($0), $1) }),
      minimumCount: rule.minimumCount, most: rule.vocabulary)
  }

  /// The texts, training rows first.
  ///
  /// - Throws: ``TextError`` where numbers of 32 bits do not count them.
  func data(concepts: some Sequence<Int32>) throws(ReaderError) -> TextData {
    TextData(
      column: rule.name, tokenizer: rule.tokenizer, vocabulary: vocabulary, corpus: try corpus(),
      shape: rule.shape, concepts: concepts)
  }

  private func corpus() throws(ReaderError) -> TokenCorpus {
    let rows = log.plan.counts
    let firsts = [0, rows[0], rows[0] + rows[1]]
    let count = rows.reduce(0, +)
    let starts = Storage<Int32>(count: count + 1, filling: 0)
    let isCut = Storage(count: count, filling: false)
    log.forEachChunk { chunk in
      guard let texts = chunk.parsed.words else { return }
      for row in 0..<chunk.parsed.rows {
        let number = firsts[Int(chunk.splits[row])] + chunk.rows[row]
        starts.base[number + 1] = Int32(texts[row].count)
        isCut.base[number] = texts.isCut[row]
      }
    }
    var tokens = 0
    for number in 0..<count {
      tokens += Int(starts[number + 1])
      guard tokens <= Int32.max else {
        throw .text(.tooManyTokens(path: log.parts.first?.path ?? "", column: rule.source))
      }
      starts.base[number + 1] = Int32(tokens)
    }
    let corpus = TokenCorpus(
      starts: starts, tokens: Storage(count: tokens, filling: 0), isCut: isCut, rows: rows)
    fill(corpus, firsts)
    return corpus
  }

  private func fill(_ corpus: TokenCorpus, _ firsts: [Int]) {
    log.forEachChunk { chunk in
      guard let texts = chunk.parsed.words else { return }
      let ids = (0..<texts.words.count).map { vocabulary.id(of: texts.words.name($0)) }
      for row in 0..<chunk.parsed.rows {
        let number = firsts[Int(chunk.splits[row])] + chunk.rows[row]
        var next = Int(corpus.starts[number])
        for word in texts[row] {
          corpus.tokens.base[next] = ids[Int(word)]
          next += 1
        }
      }
    }
  }
}

extension LogRows {
  /// Calls `body` with each chunk, in the order of the files.
  fileprivate func forEachChunk(_ body: (ChunkRows) -> Void) {
    for part in parts.indices {
      for index in parts[part].chunks.indices { body(chunk(part: part, index: index)) }
    }
  }
}

extension TextData {
  /// What a person should know of the texts: those that were cut, and those that are empty.
  var notices: [String] {
    let (all, name) = (corpus.count, printable(column))
    var notices: [String] = []
    let cut = (0..<all).count { corpus.isCut[$0] }
    if cut > 0 {
      notices.append(
        "\(name): \(cut) of \(all) texts have more than \(shape.tokens) tokens and are cut there")
    }
    let empty = (0..<all).count { corpus[$0].isEmpty }
    if empty > 0 {
      notices.append("\(name): \(empty) of \(all) rows have no text")
    }
    return notices
  }
}
