public import Datasets
public import Layers
public import Runs

/// Every model by name: one line a model.
public enum ModelRegistry {
  /// All models, in the order in which they are listed.
  public static let entries: [ModelEntry] = [
    .fitted(
      "linear", title: "Linear", paper: "Logistic and linear regression on one-hot inputs",
      summary: "fitted to convergence by L-BFGS: the line every comparison starts from"),
    .trained(
      SingleTask.self, "single-task", title: "Single-task",
      paper: "One network a task; the reference for multi-task gains",
      summary: "nothing shared, embeddings included"),
    .trained(
      HardSharing.self, "hard-sharing", title: "Hard sharing",
      paper: "Caruana. Multitask Learning. Machine Learning 28, 1997. doi:10.1023/A:1007379606734",
      summary: "one shared bottom, one tower a task"),
    .trained(
      CrossStitch.self, "cross-stitch", title: "Cross-stitch",
      paper: "Misra et al. Cross-Stitch Networks … CVPR 2016. doi:10.1109/CVPR.2016.433",
      summary: "a column of layers for each task, combined behind every layer"),
    .trained(
      OMoE.self, "omoe", title: "OMoE",
      paper: "Ma et al. KDD 2018, section 4.2. doi:10.1145/3219819.3220007",
      summary: "experts mixed by one gate for all tasks"),
    .trained(
      MMoE.self, "mmoe", title: "MMoE",
      paper: "Ma et al. Modeling Task Relationships … KDD 2018. doi:10.1145/3219819.3220007",
      summary: "experts mixed by a gate of each task's own"),
    .trained(
      PLE.self, "ple", title: "PLE",
      paper:
        "Tang et al. Progressive Layered Extraction … RecSys 2020. doi:10.1145/3383313.3412236",
      summary: "experts of each task's own and shared ones, level after level"),
    .trained(
      SparseSharing.self, "sparse-sharing", title: "Sparse sharing",
      paper:
        "Sun et al. Learning Sparse Sharing Architectures … AAAI 2020. doi:10.1609/aaai.v34i05.6424",
      summary: "each task trains a sub-network of its own, found by pruning"),
    .trained(
      LT4REC.self, "lt4rec", title: "LT4REC",
      paper: "Xiao et al. LT4REC: A Lottery Ticket Hypothesis … 2020. arXiv:2008.09872",
      summary: "products of all fields, and sub-networks found by a lottery"),
    .trained(
      CSRec.self, "csrec", title: "CSRec",
      paper: "Bai et al. A Contrastive Sharing Model … WWW 2022. doi:10.1145/3485447.3512043",
      summary: "sub-networks by masks, each contrasted with a negative one"),
    .trained(
      ESMM.self, "esmm", title: "ESMM",
      paper: "Ma et al. Entire Space Multi-Task Model. SIGIR 2018. doi:10.1145/3209978.3210104",
      summary: "conversion learned on all rows as the factor of click × conversion"),
    .trained(
      MTFwFM.self, "mt-fwfm", title: "MT-FwFM",
      paper: "Pan et al. Predicting Different Types of … KDD 2019. doi:10.1145/3292500.3330783",
      summary: "a factorisation machine with weights of field pairs of each type's own"),
    .trained(
      MRAN.self, "mran", title: "MRAN",
      paper: "Zhao et al. Multiple Relational Attention … KDD 2019. doi:10.1145/3292500.3330861",
      summary: "attention among tasks, among features, and from tasks to features"),
    .trained(
      L2SoftSharing.self, "l2-soft", title: "L2 soft sharing",
      paper: "Duong et al. ACL 2015; as in Ma et al. KDD 2018, section 6.1. "
        + "doi:10.3115/v1/P15-2139",
      summary: "a network for each task, kept close to the others by a penalty"),
    .trained(
      AITM.self, "aitm", title: "AITM",
      paper: "Xi et al. Modeling the Sequential Dependence … KDD 2021. "
        + "doi:10.1145/3447548.3467071",
      summary: "steps that follow each other, each reading what the one before has found"),
    .trained(
      ESCM2.self, "escm2", title: "ESCM²",
      paper: "Wang et al. Entire Space Counterfactual … SIGIR 2022. doi:10.1145/3477495.3531972",
      summary: "ESMM, with clicked conversions weighed by inverse propensities"),
    .trained(
      YouTube.self, "youtube", title: "YouTube ranking",
      paper: "Zhao et al. Recommending What Video … RecSys 2019. doi:10.1145/3298689.3346997",
      summary: "experts on a shared layer, and a shallow tower that takes the position's bias"),
    .trained(
      STEMNet.self, "stem-net", title: "STEM-Net",
      paper: "Su et al. STEM: Unleashing the Power of Embeddings … AAAI 2024. arXiv:2308.13537",
      summary: "embeddings of each task's own beside shared ones, whose experts all may read"),
    .trained(
      CrossDistil.self, "crossdistil", title: "CrossDistil",
      paper: "Yang et al. Cross-Task Knowledge Distillation … AAAI 2022. arXiv:2202.09852",
      summary: "teachers that order rows by another task's labels, on the trunk of any base"),
    .trained(
      CAML.self, "caml", title: "CAML",
      paper: "Chen et al. Co-Attentive Multi-Task Learning for Explainable Recommendation. "
        + "IJCAI 2019. doi:10.24963/ijcai.2019/296 (masks and a choice without noise reconstructed)",
      summary: "a rating and the sentence that explains it, from reviews that pointers choose"),
    .trained(
      Why.self, "why", title: "Why I like it",
      paper: "Lu, Dong, Smyth. Why I like it … RecSys 2018. doi:10.1145/3240323.3240365 "
        + "(from a secondary note; order of turns, baseline and biases reconstructed)",
      summary: "factors and review encoders that draw each other, and a decoder with an adversary"),
    .trained(
      NRT.self, "nrt", title: "NRT",
      paper: "Li et al. Neural Rating Regression with Abstractive Tips Generation … SIGIR 2017. "
        + "doi:10.1145/3077136.3080822 (reconstructed: decoder of the pair alone)",
      summary: "a rating and a sentence from the vectors of user and item, no review read"),
    .trained(
      NARRE.self, "narre", title: "NARRE-like",
      paper: "Chen et al. Neural Attentional Rating Regression with Review-level Explanations. "
        + "WWW 2018. doi:10.1145/3178876.3186070 (reconstructed: bags of words, own queries)",
      summary: "a rating from reviews, each weighed by attention"),
    .trained(
      MTER.self, "mter", title: "MTER",
      paper: "Wang et al. Explainable Recommendation via Multi-Task Learning in Opinionated Text "
        + "Data. SIGIR 2018. doi:10.1145/3209978.3210010",
      summary: "three tensors of users, items, features and words with factors in common"),
    .trained(
      PMF.self, "pmf", title: "PMF",
      paper: "Mnih, Salakhutdinov. Probabilistic Matrix Factorization. NIPS 2007",
      summary: "a vector of each user and item, whose product and biases are the rating"),
    .trained(
      BPRMF.self, "bpr-mf", title: "BPR-MF",
      paper: "Rendle et al. BPR: Bayesian Personalized Ranking … UAI 2009. arXiv:1205.2618",
      summary: "a vector of each user and item, learned by what a user met and did not meet"),
    .trained(
      RankAndRate.self, "rank-and-rate", title: "Rank and Rate",
      paper:
        "Hadash et al. Rank and Rate. RecSys 2018. arXiv:1807.11698 (formulas reconstructed)",
      summary: "items ranked by their vectors, then moved and rated through a tied layer"),
  ]

  /// The model of a name.
  ///
  /// - Throws: ``ModelError/unknownModel(_:near:known:)``.
  public static func entry(named name: String) throws(ModelError) -> ModelEntry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let known = entries.map(\.name)
    throw .unknownModel(name, near: nearest(to: name, in: known), known: known)
  }
}

/// One model of the registry.
public struct ModelEntry: Sendable {
  /// How the model comes to its parameters.
  public enum Kind: Sendable {
    /// By gradient steps: builds the model from its options.
    case trained(
      @Sendable (
        [String: String], InputSpecification, [TaskDefinition], Builder
      ) throws(ModelError) -> any MultiTaskModel)
    /// By a solver, from all rows at once; its configuration.
    case fitted(@Sendable ([String: String]) throws(ModelError) -> Linear.Configuration)
  }

  /// The name on the command line.
  public let name: String
  /// The name as the field writes it.
  public let title: String
  /// The paper, or what it is.
  public let paper: String
  /// One line.
  public let summary: String
  /// The kinds of tasks that it answers.
  public let kinds: Set<LabelKind>
  /// Whether it reads the reviews of training rows also when it answers for others.
  public let readsReviews: Bool
  /// The rule that it is made for, or learns best with; nil where it is trained as others.
  public var ownRule: OwnRule?
  /// What may be chosen, with the defaults as text.
  public let options: [OptionDescription]
  /// How it comes to its parameters.
  public let kind: Kind
  /// Builds it for data whose labels say which task plays which part; nil for a fitted model.
  let build: Build?
  /// Reads the choices without building anything.
  let read: @Sendable ([String: String]) throws(ModelError) -> Void

  /// Builds a model from its options; labels that are given say what `auto` means where a task is
  /// meant.
  typealias Build =
    @Sendable (
      [String: String], InputSpecification, [TaskDefinition], (() -> LabelPairs)?, Builder
    ) throws(ModelError) -> (model: any MultiTaskModel, roles: TaskRoles)

  /// A choice as it is shown to a person.
  public struct OptionDescription: Sendable, Hashable {
    /// The name behind `model.`.
    public let name: String
    /// The default, as it would be written.
    public let defaultValue: String
    /// What it means.
    public let summary: String
  }

  static func trained<Model: MultiTaskModel>(
    _ type: Model.Type, _ name: String, title: String, paper: String, summary: String
  ) -> ModelEntry {
    let build: Build = {
      (options, input, tasks, labels, builder) throws(ModelError)
        -> (model: any MultiTaskModel, roles: TaskRoles) in
      var configuration = try Model.Configuration(setting: options, of: name)
      try check(tasks, areOf: Model.kinds, model: name)
      try Model.check(configuration, of: name, for: tasks)
      try Model.check(configuration, of: name, reading: input)
      var roles = TaskRoles()
      if let labels { roles = Model.assignRoles(in: &configuration, to: tasks, by: labels) }
      return (Model(configuration, input: input, tasks: tasks, builder: builder), roles)
    }
    return ModelEntry(
      name: name, title: title, paper: paper, summary: summary, kinds: Model.kinds,
      readsReviews: Model.readsReviews,
      ownRule: Model.ownRule,
      options: describe(Model.Configuration.self),
      kind: .trained {
        (options, input, tasks, builder) throws(ModelError) -> any MultiTaskModel in
        try build(options, input, tasks, nil, builder).model
      }, build: build,
      read: { (options) throws(ModelError) in
        _ = try Model.Configuration(setting: options, of: name)
      })
  }

  static func fitted(
    _ name: String, title: String, paper: String, summary: String
  ) -> ModelEntry {
    ModelEntry(
      name: name, title: title, paper: paper, summary: summary, kinds: [.binary, .regression],
      readsReviews: false,
      options: describe(Linear.Configuration.self),
      kind: .fitted { (options) throws(ModelError) -> Linear.Configuration in
        try Linear.Configuration(setting: options, of: name)
      }, build: nil,
      read: { (options) throws(ModelError) in
        _ = try Linear.Configuration(setting: options, of: name)
      })
  }

  private static func describe<C: ModelConfiguration>(_ type: C.Type) -> [OptionDescription] {
    let defaults = C()
    return C.options.map {
      OptionDescription(
        name: $0.name, defaultValue: $0.text(of: defaults), summary: $0.summary)
    }
  }
}

extension ModelRegistry {
  /// Checks a model's name and choices without building it.
  public static func check(_ options: [String: String], of name: String) throws(ModelError) {
    try entry(named: name).read(options)
  }
}

extension ModelEntry {
  /// The model for some data: `auto` stands for what the labels of the training rows say.
  ///
  /// - Parameters:
  ///   - options: the choices by name.
  ///   - input: what the model reads.
  ///   - tasks: what it predicts.
  ///   - labels: counts the labels; asked only where a model wants to know.
  ///   - builder: where its parameters are declared.
  /// - Returns: the model, and which task plays which part; nil for a model that is fitted.
  /// - Throws: ``ModelError`` for choices, inputs or tasks that do not fit.
  public func model(
    _ options: [String: String], input: InputSpecification, tasks: [TaskDefinition],
    labels: @escaping () -> LabelPairs, builder: Builder
  ) throws(ModelError) -> (model: any MultiTaskModel, roles: TaskRoles)? {
    guard let build else { return nil }
    return try build(options, input, tasks, labels, builder)
  }
}
