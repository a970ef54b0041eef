/// A grammar whose every choice has a probability: what may be said, and how likely each sentence is.
///
/// A symbol becomes one of its rules' parts, from left to right, until only words are left. A sentence
/// may have several derivations; its probability is the sum over all of them, and that of a next word
/// given those before it is exact:
///
///     p(w | prefix) = Σ over derivations that begin with prefix w  /  Σ over those that begin with prefix
///
/// The sums run over what is still to be said (the symbols that derivations have left), so that
/// derivations which go on alike are one. No rule may begin with its own symbol, directly or by others.
struct StochasticGrammar<Symbol: Hashable & Sendable, Word: Hashable & Sendable>: Sendable {
  /// A piece of what a symbol becomes.
  enum Part: Hashable, Sendable {
    case word(Word)
    case symbol(Symbol)
  }

  /// What a symbol may become; those of a symbol sum to one.
  struct Rule: Sendable {
    let probability: Double
    let parts: [Part]

    init(_ probability: Double, _ parts: [Part]) {
      self.probability = probability
      self.parts = parts
    }
  }

  /// What every sentence is.
  let start: Symbol
  /// What a symbol may become.
  let rules: @Sendable (Symbol) -> [Rule]

  /// A grammar by the symbol of a sentence and the rules of each symbol.
  init(start: Symbol, rules: @escaping @Sendable (Symbol) -> [Rule]) {
    self.start = start
    self.rules = rules
  }

  /// Draws a sentence by numbers in [0, 1): one for each symbol, in the order in which symbols become words.
  ///
  /// - Parameters:
  ///   - uniform: The n-th number.
  ///   - visit: Hears of each symbol, and of the first part that it became.
  /// - Returns: Its words.
  func sentence(
    _ uniform: (Int) -> Double, visit: (Symbol, Part?) -> Void = { _, _ in }
  ) -> [Word] {
    var left = [Part.symbol(start)]
    var words: [Word] = []
    var draws = 0
    while let part = left.popLast() {
      switch part {
      case .word(let word): words.append(word)
      case .symbol(let symbol):
        let rules = rules(symbol)
        let choice = WeightedChoice(weights: rules.map(\.probability))
        let rule = rules[choice(uniform(draws))]
        draws += 1
        visit(symbol, rule.parts.first)
        left.append(contentsOf: rule.parts.reversed())
      }
    }
    return words
  }
}

// MARK: - Probabilities
extension StochasticGrammar {
  /// Where the derivations of a prefix may stand: what each has left to say, and how likely it is.
  struct Belief {
    /// What is left, the next part last, and p(prefix, left).
    fileprivate var states: [(left: [Part], probability: Double)]
    /// The states of each remainder.
    fileprivate var indices: [[Part]: Int] = [:]

    fileprivate mutating func add(_ left: [Part], _ probability: Double) {
      if let index = indices[left] {
        states[index].probability += probability
      } else {
        indices[left] = states.count
        states.append((left, probability))
      }
    }
  }

  /// What is known before the first word.
  var beginning: Belief {
    var belief = Belief(states: [])
    belief.add([.symbol(start)], 1)
    return expanded(belief)
  }

  /// The probabilities of all words that may follow.
  ///
  /// They sum to one and stand in the order in which the rules name the words; nil is the end.
  func following(_ belief: Belief) -> [(word: Word?, probability: Double)] {
    var found: [(word: Word?, probability: Double)] = []
    var indices: [Word?: Int] = [:]
    let total = belief.states.reduce(0) { $0 + $1.probability }
    for state in belief.states {
      let word = Self.word(state.left)
      if let index = indices[word] {
        found[index].probability += state.probability / total
      } else {
        indices[word] = found.count
        found.append((word, state.probability / total))
      }
    }
    return found
  }

  /// Goes on by a word (nil: the end): what is known behind it, and p(word | prefix).
  ///
  /// The belief is empty, and the probability 0, if the word cannot follow.
  func advance(_ belief: Belief, by word: Word?) -> (belief: Belief, probability: Double) {
    let total = belief.states.reduce(0) { $0 + $1.probability }
    var next = Belief(states: [])
    var probability = 0.0
    for state in belief.states where Self.word(state.left) == word {
      probability += state.probability / total
    }
    guard probability > 0 else { return (next, 0) }
    for state in belief.states where Self.word(state.left) == word {
      next.add(Array(state.left.dropLast()), state.probability / total / probability)
    }
    return (expanded(next), probability)
  }

  /// p(word | words before it) of each word of a sentence and, last, of its end.
  func probabilities(of sentence: [Word]) -> [Double] {
    var belief = beginning
    return (sentence.map(Optional.some) + [nil]).map { word in
      let step = advance(belief, by: word)
      belief = step.belief
      return step.probability
    }
  }

  /// The next word of what is left, nil behind the last; symbols in front have been replaced.
  private static func word(_ left: [Part]) -> Word? {
    guard case .word(let word) = left.last else { return nil }
    return word
  }

  /// The same belief with a word, or nothing, in front of everything that is left.
  private func expanded(_ belief: Belief) -> Belief {
    var pending = belief
    var done = Belief(states: [])
    var index = 0
    while index < pending.states.count {
      let state = pending.states[index]
      pending.indices[state.left] = nil  // a later way to the same remainder is expanded anew
      index += 1
      guard case .symbol(let symbol) = state.left.last else {
        done.add(state.left, state.probability)
        continue
      }
      let rest = Array(state.left.dropLast())
      for rule in rules(symbol) where rule.probability > 0 {
        pending.add(rest + rule.parts.reversed(), state.probability * rule.probability)
      }
    }
    return done
  }
}
