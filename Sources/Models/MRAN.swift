public import Datasets
import Foundation
public import Graph
public import Layers
import Objectives
public import Runs

/// Multiple relational attention network, in a form for recommenders: attention among features,
/// among tasks, and from every task to the features.
///
///     H^F = Norm(Z + MHSA(Z))                   Z: the fields' embeddings, dense features as one more
///     H^T = Norm(τ + MHSA(τ))                   τ: a learned vector a task
///     s_kf = ⟨u, tanh(W·H^T_k + U·H^F_f)⟩,  α_k = softmax_f(s_k)
///     y_k = h_k(Norm(H^F_f (1 + F α_kf), f < F))
///     L = Σ ω_k L_k + λ₁ ‖θ‖² + λ₂ (‖S^TT‖² + mean ‖s‖²)
///
/// The paper's task–task attention reads the labels of all rows at once and falls away when
/// answering, where the α that were learned are used again; here it reads learned vectors, so that a
/// batch is enough and nothing of a label reaches an answer, and `static-alpha` answers with a
/// running mean of α. The norms are layer norms, the last one over all fields together: one by field
/// would cancel α. `norm=batch` normalises the features and what a task reads over the rows of the
/// batch, as the paper does, each task with numbers of its own; the tasks' vectors are the same for
/// all rows and keep their layer norm. `layer` is the default because it was better where both were
/// measured (KuaiRand-Pure, validation AUC of click .729 against .725, of like .814 against .804).
/// The paper's equations were not to be had in full: structure and scores are its,
/// sizes are not.
///
/// Zhao, Du, Li, Zhou, Zhang. "Multiple Relational Attention Network for Multi-task Learning."
/// KDD 2019. doi:10.1145/3292500.3330861
public struct MRAN: MultiTaskModel {
  /// Layer sizes and penalties.
  public struct Configuration: ModelConfiguration {
    /// Heads of task–task and feature–feature attention.
    public var heads = 2
    /// Numbers of a task's vector.
    public var taskWidth = 32
    /// Hidden numbers of the task–feature score.
    public var scoreWidth = 16
    /// Hidden layers of a tower.
    public var towerSizes = [64, 32]
    /// λ₁ at the start.
    public var l2 = 1e-5
    /// λ₂ at the start.
    public var scoreL2 = 1e-4
    /// `layer` or `batch`: what features and the towers' inputs are normalised over.
    public var norm = "layer"
    /// Whether answers use a running mean of α, one for all rows.
    public var hasStaticAlpha = false

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("heads", .count(\.heads), "heads among tasks and among features"),
        ModelOption("task-width", .count(\.taskWidth), "numbers of a task's vector"),
        ModelOption("score-width", .count(\.scoreWidth), "hidden numbers of the alignment"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption(
          "l2", .number(\.l2, in: 0...1), "penalty on all parameters, at the start (dial l2)"),
        ModelOption(
          "score-l2", .number(\.scoreL2, in: 0...1),
          "penalty on scores, at the start (dial score-l2)"),
        ModelOption(
          "norm", .word(\.norm, of: ["layer", "batch"]),
          "normalise each row by itself, or columns over the batch"),
        ModelOption(
          "static-alpha", .flag(\.hasStaticAlpha),
          "answer with the alignment's running mean, as the paper does"),
      ]
    }
  }

  let embeddings: Embeddings  // shared, as all but the towers
  let dense: Dense?
  let features: SelfAttention
  let featureNorm: Norm
  let vectors: TaskVectors
  let transfer: SelfAttention
  let transferNorm: LayerNormalisation
  let alignment: Alignment
  let alignedNorms: [Norm]  // one, or one per task
  let towers: [Tower]  // one per task
  let l2: Parameter
  let scoreL2: Parameter
  let average: Parameter?
  let learned: [Parameter]
  let names: [String]
  let heads: (features: Int, tasks: Int)
  let tokens: Int
  let fieldColumns: Int

  /// Declares the attentions and the towers; fields must have one width.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    let shared = builder.shared
    let width = input.widths.first ?? 8
    precondition(
      input.widths.allSatisfy { $0 == width }, "MRAN: fields of one width, found \(input.widths)")
    names = tasks.map(\.name)
    fieldColumns = input.widths.reduce(0, +)
    tokens = input.widths.count + (input.schema.dense.isEmpty ? 0 : 1)
    heads = (configuration.heads, configuration.heads)
    embeddings = Embeddings(input, in: shared / "embeddings")
    dense =
      input.schema.dense.isEmpty
      ? nil : Dense(input.schema.dense.count, width, in: shared / "dense")
    features = SelfAttention(
      tokens: tokens, width: width, heads: heads.features, in: shared / "ff")
    featureNorm = Norm(configuration, group: width, of: tokens, in: shared / "ff" / "norm")
    vectors = TaskVectors(
      tasks.count, width: configuration.taskWidth, in: shared / "tt" / "tasks")
    transfer = SelfAttention(
      tokens: tasks.count, width: configuration.taskWidth, heads: heads.tasks, in: shared / "tt")
    transferNorm = LayerNormalisation(configuration.taskWidth, in: shared / "tt" / "norm")
    alignment = Alignment(
      taskWidth: configuration.taskWidth, fieldWidth: width, hidden: configuration.scoreWidth,
      in: shared / "tf")
    let all = tokens * width
    alignedNorms = Norm.aligned(configuration, width: all, tasks: tasks, in: builder)
    towers = tasks.indices.map {
      Tower(all, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
    average =
      configuration.hasStaticAlpha
      ? shared.average(
        "alpha_average", count: tasks.count * tokens, 1 / Double(tokens),
        rate: Self.averageRate) : nil
    learned = builder.learned
    (l2, scoreL2) = configuration.penalties(in: builder)
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let z = tokens(pass)  // [B, F·e]
    let among = features(z)
    let h = featureNorm(z + among.mixture, pass)  // [B, F·e]
    let tau = vectors(pass)  // [1, K·a]
    let between = transfer(tau)
    let tasks = transferNorm(tau + between.mixture)  // [1, K·a]
    let scores = alignment(tasks: tasks, tokens: h)  // [B, K·F]
    let alpha = alignment(scores, pass)
    if !pass.isTraining {
      pass.watch(among.weights, as: .attention("ff"))
      pass.watch(between.weights, as: .attention("tt"))
      pass.watch(alpha, as: .attention("tf"))
    }
    pass.minimise("scores", of: nil) { place in
      pass.graph.meanSquares(
        of: [between.scores.repeated(), scores], place: place, strength: scoreL2)
    }
    return towers.enumerated().map { k, tower in
      let own = alpha.columns(k * tokens..<(k + 1) * tokens)  // [B, F]
      let norm = alignedNorms[alignedNorms.count == 1 ? 0 : k]
      return tower(norm(h.emphasised(by: own), pass))
    }
  }

  /// How far a running mean of α goes towards a batch's.
  private static let averageRate = 0.01

  /// α, or in an evaluation its running mean if that is wanted.
  private func alignment(_ scores: Variable, _ pass: Forward) -> Variable {
    guard let average else { return scores.softmax(groupsOf: tokens) }
    return pass.isTraining
      ? scores.softmax(groupsOf: tokens).followed(by: average)
      : pass.graph.row(given: average, count: names.count * tokens).repeated()
  }

  /// The fields' embeddings, and behind them one of all dense features.
  private func tokens(_ pass: Forward) -> Variable {
    let x = embeddings(pass)
    guard let dense else { return x }
    let last = dense(x.columns(fieldColumns..<x.width))
    return fieldColumns == 0
      ? last : x.graph.concatenation([x.columns(0..<fieldColumns), last])
  }

  /// λ₁ ‖θ‖².
  public var penalties: [ParameterPenalty] { [.squares(learned, strength: l2)] }

  /// Task vectors must divide among the heads.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    guard configuration.taskWidth % configuration.heads != 0 else { return }
    throw .badValue(
      model: name, option: "task-width", found: "\(configuration.taskWidth)",
      expected: "a multiple of the \(configuration.heads) heads")
  }

  /// Embeddings must divide among the heads.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    guard let width = input.widths.first, width % configuration.heads != 0 else { return }
    throw .badValue(
      model: name, option: "heads", found: "\(configuration.heads)",
      expected: "a number that divides the embeddings' \(width) numbers, or another --embedding")
  }
}

// MARK: - What it shows

extension MRAN {
  /// The three attentions.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// Who attends to whom, and how widely each task looks.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let fields = reading.schema.fields.map(\.name) + (dense == nil ? [] : ["dense"])
    let views =
      maps(
        "tt", "tasks", reading, names, heads: heads.tasks,
        note: "A row is what a task's vector takes of each task's; rows sum to 1.")
      + maps(
        "ff", "features", reading, fields, heads: heads.features,
        note: "A row is what a feature takes of each feature, the mean over rows of data.")
      + [
        share(
          "attention.tf", "alignment", "Which features each task reads, the mean over rows.",
          names, fields, reading.mean(of: .attention("tf")))
      ]
    return Inspection(views: views, traces: [entropy(reading)])
  }

  private func maps(
    _ name: String, _ title: String, _ reading: ModelReading, _ tokens: [String], heads: Int,
    note: String
  ) -> [ModelView] {
    let mean = reading.mean(of: .attention(name))
    let size = tokens.count * tokens.count
    guard mean.count == heads * size else { return [] }
    return (0..<heads).map { head in
      share(
        "attention.\(name).\(head)", "\(title), head \(head)", note, tokens, tokens,
        Array(mean[head * size..<(head + 1) * size]))
    }
  }

  private func share(
    _ name: String, _ title: String, _ note: String, _ rows: [String], _ columns: [String],
    _ shares: [Float]
  ) -> ModelView {
    ModelView(
      name: name, title: title, note: note,
      content: .matrix(.init(rows: rows, columns: columns, values: shares, scale: .share)))
  }

  /// The mean over rows of H(α_k) / ln F.
  private func entropy(_ reading: ModelReading) -> ModelTrace {
    var sums = [Double](repeating: 0, count: names.count)
    if let alpha = reading.watched(.attention("tf"))?.values, tokens > 1 {
      for row in 0..<reading.batch.rows {
        for entry in 0..<(names.count * tokens) {
          let share = Double(alpha[row * names.count * tokens + entry])
          if share > 0 { sums[entry / tokens] -= share * log(share) }
        }
      }
    }
    let scale = Double(max(1, reading.batch.rows)) * log(Double(max(2, tokens)))
    return ModelTrace(
      name: "alpha_entropy", title: "entropy of the alignment",
      note: "1: a task reads all features alike; falling lines choose some.", series: names,
      values: sums.map { Float($0 / scale) })
  }
}

extension MRAN.Configuration {
  /// λ1 and λ2 as dials.
  fileprivate func penalties(in builder: Builder) -> (l2: Parameter, scoreL2: Parameter) {
    (
      builder.dial("l2", "penalty on all parameters", in: 0...1, start: l2),
      builder.dial(
        "score-l2", "penalty on the scores of tasks with tasks and with features", in: 0...1,
        start: scoreL2)
    )
  }
}
