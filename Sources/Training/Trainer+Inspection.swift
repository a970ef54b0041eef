public import Datasets
public import Graph
public import Models
public import Runs

extension Trainer {
  /// Which screens the model has something of its own for.
  public var subjects: Set<ModelView.Subject> { model.subjects }

  /// The masks of the model and how they are found; nil for most models.
  public var lotteryPlan: LotteryPlan? { model.lottery }

  /// Rows that ``inspect(_:schema:)`` should be given at most.
  public var inspectedRows: Int { min(evaluationRows, model.inspectedRows) }

  /// What the model shows of itself, its answers for some rows among it.
  public func inspect(_ batch: Batch, schema: FeatureSchema) -> Inspection {
    let (executor, rows) = answer(batch)
    var reading = ModelReading(
      tasks: tasks, schema: schema, step: parameterStep, store: store, batch: rows,
      weights: tasks.indices.map { weight(of: $0) }, words: sources.dataset?.text
    ) { name in
      guard let values = executor.output(name),
        let output = executor.plan.outputs.first(where: { $0.name == name })
      else { return nil }
      return (values, output.width)
    }
    reading.opinions = sources.dataset?.opinions
    (reading.sums, reading.terms) = (sums, terms)
    var inspection = model.inspect(reading)
    if let sentences = sentences(reading) { inspection.views.append(sentences) }
    return inspection
  }
}
