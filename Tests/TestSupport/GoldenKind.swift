/// What golden cases are for: by the system that a case names, of functions and pieces by the beginning
/// of its own name, where the longest that fits counts.
public enum GoldenKind {
  /// Systems that are built, as cases call them.
  public static let systems: Set<String> = [
    "single_task", "hard_sharing", "omoe", "mmoe", "cross_stitch", "ple", "esmm", "l2_soft_sharing",
    "aitm", "escm2", "mt_fwfm", "mran", "sparse_sharing", "lt4rec", "youtube", "stem_net",
  ]

  /// Functions and pieces that are built.
  public static let pieces: Set<String> = [
    "balancers", "balancers_affinity", "balancers_graddrop", "balancers_gram", "balancers_model",
    "balancers_model_sequence", "balancers_sequence",
    "caml_decode", "caml_masked", "caml_train",
    "crossdistil_calibration", "crossdistil_model", "crossdistil_pairs",
    "crossdistil_quadruplets", "crossdistil_static_teacher",
    "csrec_corners", "csrec_impact", "csrec_ladder_global", "csrec_ladder_layer",
    "csrec_ladder_training", "csrec_negatives", "csrec_rules", "csrec_sets", "csrec_step",
    "esmm_product_loss", "metabalance_model", "metabalance_rule", "mter_accumulate", "mter_explain",
    "mter_step", "mter_tensors",
    "primitives_attention", "primitives_attention_masked",
    "primitives_batch_norm_eval", "primitives_batch_norm_train", "primitives_conv_max",
    "primitives_embedding_sum", "primitives_gru", "primitives_gumbel",
    "primitives_layer_norm", "primitives_linear_relu",
    "primitives_losses", "primitives_losses_extreme", "primitives_metrics",
    "primitives_metrics_calibration", "primitives_metrics_gauc", "primitives_metrics_xauc",
    "primitives_optimisers", "primitives_sparse_optimisers", "primitives_text",
    "rank_and_rate", "sparse_sharing_imp", "sparse_sharing_imp_train", "why_als",
    "why_discriminator", "why_generator", "why_personalised",
  ]

  /// What the reference has and the engine does not, yet.
  public static let absent: Set<String> = []

  /// What a case is for; nil for something that nobody knows.
  public static func of(_ name: String, system: String?) -> String? {
    if let system, systems.contains(system) { return system }
    return pieces.union(absent).filter { name.hasPrefix($0) }.max { $0.count < $1.count }
  }

  /// The cases that lie beside the tests, every one of them.
  public static let ownCases: Set<String> = [
    "balancers_affinity_t2", "balancers_affinity_t3", "balancers_graddrop_t2",
    "balancers_graddrop_t3", "balancers_gram_t1_single", "balancers_gram_t2_aligned",
    "balancers_gram_t2_conflict", "balancers_gram_t2_scaled", "balancers_gram_t3_aligned",
    "balancers_gram_t3_conflict", "balancers_gram_t3_parallel", "balancers_gram_t3_quiet",
    "balancers_gram_t3_scaled", "balancers_gram_t5_conflict", "balancers_model_sequence_t2",
    "balancers_model_sequence_t3", "balancers_model_t2", "balancers_model_t3",
    "balancers_sequence_t2",
    "balancers_sequence_t3", "balancers_t1_single", "balancers_t2_aligned", "balancers_t2_conflict",
    "balancers_t2_scaled", "balancers_t3_aligned", "balancers_t3_conflict", "balancers_t3_scaled",
    "aitm_2tasks", "aitm_3tasks", "caml_decode", "caml_masked", "caml_train",
    "caml_train_min", "caml_train_sum_mean", "cross_stitch_2tasks", "cross_stitch_3tasks",
    "cross_stitch_per_unit", "crossdistil_calibration", "crossdistil_model", "crossdistil_pairs",
    "crossdistil_quadruplets_empty_cell", "crossdistil_quadruplets_full",
    "crossdistil_static_teacher", "csrec_corners_t2",
    "csrec_corners_t3", "csrec_impact_net_t2",
    "csrec_impact_net_t3", "csrec_impact_param_t2", "csrec_impact_param_t3",
    "csrec_ladder_global", "csrec_ladder_layer", "csrec_ladder_training", "csrec_negatives_t2",
    "csrec_negatives_t3", "csrec_rules_t2", "csrec_rules_t3", "csrec_sets_t2", "csrec_sets_t3",
    "csrec_step_t2_difference", "csrec_step_t2_hinge", "csrec_step_t2_logistic",
    "csrec_step_t3_difference", "csrec_step_t3_hinge", "csrec_step_t3_logistic", "escm2_dr",
    "escm2_ips", "esmm_2tasks", "esmm_product_loss", "esmm_separate_embeddings",
    "hard_sharing_2tasks", "hard_sharing_3tasks", "hard_sharing_empty_space",
    "l2_soft_sharing_2tasks", "l2_soft_sharing_3tasks", "lt4rec_2tasks", "lt4rec_3tasks",
    "metabalance_model_t2", "metabalance_model_t3", "metabalance_rule_t2", "metabalance_rule_t3",
    "mmoe_2tasks", "mmoe_3tasks", "mmoe_saturated", "moe_1task", "mran_2tasks", "mran_3tasks",
    "mt_fwfm_2types", "mt_fwfm_3types", "mt_fwfm_l2", "mter_accumulate", "mter_explain",
    "mter_step", "mter_tensors", "omoe_2tasks",
    "omoe_3tasks",
    "ple_1level_2tasks", "ple_1level_3tasks", "ple_2levels_2tasks", "ple_2levels_3tasks",
    "primitives_attention", "primitives_attention_masked", "primitives_batch_norm_eval",
    "primitives_batch_norm_train", "primitives_conv_max", "primitives_embedding_sum",
    "primitives_gru", "primitives_gru_reset_before", "primitives_gumbel_soft",
    "primitives_gumbel_straight_through", "primitives_layer_norm",
    "primitives_linear_relu", "primitives_losses", "primitives_losses_extreme",
    "primitives_metrics", "primitives_metrics_calibration", "primitives_metrics_calibration_ties",
    "primitives_metrics_gauc", "primitives_metrics_xauc", "primitives_optimisers",
    "primitives_sparse_optimisers", "primitives_text",
    "rank_and_rate_identity", "rank_and_rate_relu", "rank_and_rate_tanh",
    "single_task_1task", "single_task_2tasks", "single_task_3tasks", "sparse_sharing_2tasks",
    "sparse_sharing_3tasks", "sparse_sharing_imp_global", "sparse_sharing_imp_layer",
    "sparse_sharing_imp_linear", "sparse_sharing_imp_ties", "sparse_sharing_imp_train",
    "stem_net_2tasks", "stem_net_3tasks", "why_als", "why_discriminator",
    "why_generator", "why_personalised", "youtube_2tasks", "youtube_3tasks",
    "youtube_shallow_mlp",
  ]
}

extension GoldenCase {
  /// What it is for; nil for something that nobody knows.
  public var kind: String? {
    get throws(GoldenError) { GoldenKind.of(name, system: try? load()["system"].text) }
  }

  /// The cases for systems or pieces, of this folder and of `GOLDEN_DIR`; an unreadable one is an error.
  public static func of(_ kinds: String...) throws -> [GoldenCase] {
    try byKind.get().filter { kinds.contains($0.kind) }.map(\.golden)
  }

  /// The cases of every system that is built.
  public static var ofSystems: [GoldenCase] {
    get throws { try byKind.get().filter { GoldenKind.systems.contains($0.kind) }.map(\.golden) }
  }

  /// The cases of what is not built.
  public static var ofAbsent: [GoldenCase] {
    get throws { try byKind.get().filter { GoldenKind.absent.contains($0.kind) }.map(\.golden) }
  }

  /// Read once; a case of no kind is under an empty name.
  private static let byKind = Result { try all().map { (kind: try $0.kind ?? "", golden: $0) } }
}
