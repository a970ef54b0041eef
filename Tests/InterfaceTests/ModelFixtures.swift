import Runs

@testable import Interface

/// What can be started, and runs that were.
extension Fixture {
  static let models = [
    ModelDescription(
      name: "linear", title: "Linear", paper: "Logistic regression",
      summary: "the line every comparison starts from"),
    ModelDescription(
      name: "mmoe", title: "MMoE",
      paper: "Ma et al. Modeling Task Relationships … KDD 2018. doi:10.1145/3219819.3220007",
      summary: "experts mixed by a gate of each task's own",
      options: [
        .init(name: "experts", defaultValue: "8", summary: "how many experts"),
        .init(name: "expert", defaultValue: "64,32", summary: "layers of an expert"),
        .init(name: "tower", defaultValue: "16", summary: "hidden layers of a tower"),
        .init(name: "gate-dropout", defaultValue: "0.0", summary: "of the gates, in training"),
      ],
      shows: ["its gates, and scores without an expert (2)", "dials: temperature"]),
    ModelDescription(
      name: "ple", title: "PLE", paper: "Tang et al. RecSys 2020. doi:10.1145/3383313.3412236",
      summary: "experts of each task's own and shared ones, level after level",
      options: [
        .init(name: "levels", defaultValue: "64/32", summary: "layers of experts, level by level")
      ]),
    ModelDescription(
      name: "esmm", title: "ESMM", paper: "Ma et al. SIGIR 2018. doi:10.1145/3209978.3210104",
      summary: "conversion learned on all rows as the factor of click × conversion",
      unfit: "it needs two binary tasks, the click and the conversion; found one"),
  ]

  /// The models with what may be set about their runs.
  static let settableModels = models.map { model in
    var model = model
    guard !model.options.isEmpty else { return model }
    model.settings = [
      .init(
        name: "balancer", defaultValue: "equal",
        summary: "run: how the tasks' gradients are put together"),
      .init(name: "seed", defaultValue: "1", summary: "run: of every random draw"),
      .init(name: "lr", defaultValue: "0.001", summary: "run: the learning rate"),
    ]
    return model
  }

  /// A run that its model refuses.
  static let refusedPreview = StartPreview(problem: [
    "balancer pcgrad: it weighs tasks that train together.",
    "found: tasks that take turns (batches)",
    "fix:   take balancer equal or fixed, or let the tasks train jointly",
  ])

  /// An app that knows what can be started.
  static func app(startable models: [ModelDescription]) -> App {
    var app = app()
    _ = app.update(.models(models))
    return app
  }

  /// An app whose third run goes on; two are kept behind it.
  static func appWithEarlierRuns() -> App {
    var app = app(startable: models)
    for (run, model) in ["ple", "mmoe"].enumerated() {
      _ = app.update(.began(StartRequest(model: model, options: run == 1 ? ["experts": "4"] : [:])))
      let title = run == 0 ? "PLE" : "MMoE"
      _ = app.update(.events([.prepared(description(model: model, title: title))]))
      let steps = run == 0 ? 2_400 : 900
      _ = app.update(.losses(losses(tasks: 4, steps: 0..<steps)))
      _ = app.update(
        .events([.evaluated(evaluation(step: 600, gain: 0.006 * Double(run + 1)))]))
      _ = app.update(.snapshot(snapshot(step: steps)))
    }
    _ = app.update(.time(1_000))
    return app
  }
}
