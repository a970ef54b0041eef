import Datasets
import Graph
import Layers
import Objectives
import Runs

// MARK: - Turns

extension Why {
  /// What is minimised besides the tasks' losses, in the order in which it is recorded.
  enum Term: Int, CaseIterable {
    case prior, textPrior, policy, real, generated, other
  }

  /// The groups of parameters that turns move.
  enum Group {
    static let (model, adversary) = (0, 1)
  }

  /// The turns of a step.
  enum Step {
    static let (model, policy, adversary) = (0, 1, 2)
  }

  /// Rating and text; then the policy, and then the adversary, on sentences of their own.
  public var program: StepProgram {
    let model = Turn("rating and text", moves: [Group.model])
    guard court != nil else { return StepProgram([model]) }
    return StepProgram([
      model,
      Turn(
        "policy", losses: .terms, moves: [Group.model], every: configuration.every,
        epochs: configuration.policyEpochs),
      Turn(
        "adversary", losses: .terms, moves: [Group.adversary], every: configuration.every,
        epochs: configuration.adversaryEpochs),
    ])
  }

  /// Policy and adversary, each on sentences of its own.
  public var writingTurns: Int { program.turns.count - 1 }

  /// Lets factors and documents draw each other, each while the other stands still.
  func draw(_ sides: [(own: Variable, document: Variable)], _ pass: Forward) {
    pass.minimise("prior", of: ratingTask, needing: [textTask], in: Step.model) { place in
      pass.graph.meanSquares(
        of: sides.map { $0.own + $0.document.detached().negated() }, place: place,
        strength: dials.prior)
    }
    pass.minimise("text-prior", of: textTask, needing: [ratingTask], in: Step.model) { place in
      pass.graph.meanSquares(
        of: sides.map { $0.document + $0.own.detached().negated() }, place: place,
        strength: dials.textPrior)
    }
  }

  /// What policy and adversary minimise.
  func contend(_ court: Court, _ context: Variable, _ pass: Forward) {
    func judged(_ tokens: Range<Int>) -> Variable {
      court.discriminator(pass.graph.drawnIds(tokens), of: .field(owner), pass)
    }
    pass.minimise("policy", of: textTask, in: Step.policy) { place in
      decoder.loss(
        of: sampleTokens, context, task: textTask, mean: .sumOverTime,
        weights: advantage(judged(sampleTokens).sigmoid(), court), place: place)
    }
    // Labels of a text are 1: what is not real is so by −z.
    pass.minimise("real", of: nil, needing: [textTask], in: Step.adversary) { place in
      judged(slots.targetTokens).loss(task: textTask, .crossEntropy, place: place)
    }
    let others = configuration.showsOthers ? [("other", otherTokens)] : []
    for (name, tokens) in [("generated", sampleTokens)] + others {
      pass.minimise(name, of: nil, needing: [textTask], in: Step.adversary) { place in
        judged(tokens).negated().loss(task: textTask, .crossEntropy, place: place)
      }
    }
  }

  /// η (D(y) − b), [B, 1]; the means of D(y) and of its square follow it.
  private func advantage(_ reward: Variable, _ court: Court) -> Variable {
    let graph = reward.graph
    let followed = graph.concatenation([reward, reward.dot(reward)]).followed(by: court.rewards)
    let baseline = graph.row(given: court.rewards, count: 2).repeated()
    return (followed + baseline.negated()).columns(0..<1).times(dials.policy)
  }

  /// Whose review the adversary takes a text for.
  var owner: Int { configuration.source == .item ? factors.fields.item : factors.fields.user }
}

// MARK: - Rows

extension Why {
  /// How many texts are drawn beside a row's own.
  static let drawnTexts = 2
  /// Where the sentence stands that the model has said.
  var sampleTokens: Range<Int> { 0..<slots.target }
  /// Where the review of somebody else stands.
  var otherTokens: Range<Int> { slots.target..<(Self.drawnTexts * slots.target) }

  /// The texts of user and item, gathered from training rows, and the row's own; for policy and
  /// adversary what the model says of them just now.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    switch purpose {
    case .turn(let turn) where turn != Step.model:
      WhySource(self, turn: turn, at: site)
    case .turn, .answering: reviewSource(at: site)
    }
  }

  /// The texts of user and item, packed, and the row's own in slots.
  func reviewSource(at site: SourceSite) -> ReviewSource? {
    ReviewSource(slots, packing: site.dataset?.text?.shape, at: site)
  }
}

extension Variable {
  /// −x.
  func negated() -> Variable { affine(times: -1, plus: 0) }
}
