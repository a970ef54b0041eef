import Datasets
import Graph
import Layers
import Runs
import Tensors
import TestSupport
import Testing
import Training

/// The sum over a list's rows of a table, against the float64 reference.
@Suite struct GoldenListTests {
  @Test(arguments: try GoldenCase.of("primitives_embedding_sum"), [1, 2])
  func embeddingSum(_ golden: GoldenCase, threads: Int) throws {
    let golden = try golden.load()
    let weight = try golden["parameters"]["weight"].tensor
    let ids = try golden["inputs"]["ids"].tensor
    let upstream = try golden["inputs"]["upstream"].tensor
    let (rows, most) = (ids.shape[0], ids.shape[1])
    // Ids of 0 fill rows up; the reference leaves them out.
    let table = FieldLists.Table(
      (0..<rows).map { row in
        ids.values[(row * most)..<((row + 1) * most)].map { Int32($0) }.filter { $0 != 0 }
      })
    var field = CategoricalField(name: "x", vocabulary: weight.shape[0])
    field.list = ListShape(.sum, longest: table.longest)
    let builder = Builder()
    let embeddings = Embeddings(
      InputSpecification(
        FeatureSchema(fields: [field], dense: []), widths: [weight.shape[1]]), in: builder.shared)
    let store = ParameterStore(builder.specifications, tasks: 1, seed: 1)
    let entry = try #require(store.entries.first)
    store.set(entry, to: weight.values.map(Float.init))
    let graph = Graph()
    let x = embeddings(Forward(graph, isTraining: true))
    let loss = graph.record(
      Upstream(values: Storage(upstream.values.map(Float.init)), width: weight.shape[1]), [x])
    let plan = Plan(
      graph, purpose: .training, roots: [loss], outputs: [(name: .value("y"), value: x)],
      capacity: rows)
    let workspace = Workspace(store: store, pool: WorkerPool(threads: threads))
    let executor = Executor(plan, store: store, workspace: workspace)
    let numbers = Storage((0..<Int32(rows)).map { $0 })
    let lists = try #require(FieldLists([table]))
    var batch = Batch(rows: rows, ids: UnsafePointer(numbers.base), fields: 1)
    batch.lists = UnsafePointer(lists.rows.base)
    executor.run(batch)
    let output = try #require(executor.output(.value("y")))
    expectClose(
      Array(UnsafeBufferPointer(start: output, count: upstream.values.count)),
      try golden["expect"]["output"].tensor, "output")
    // A step of SGD at the rate 1 takes the gradient away.
    let optimizer = Optimizer(OptimizerConfiguration(.sgd), store: store, workspace: workspace)
    optimizer.update(executor, batch: batch, segments: [true, true], rate: 1)
    let gradient = zip(weight.values, store.numbers(of: entry)).map { Float($0) - $1 }
    expectClose(gradient, try golden["expect"]["gradients"]["weight"].tensor, "gradient")
  }
}
