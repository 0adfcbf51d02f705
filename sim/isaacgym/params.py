"""Parameters of the simulation, the ground, assets and cameras.

Defaults are those that NVIDIA's documentation and public code state; where neither does, they are
values that change nothing, or the ground's. Fields of engines and features that Canter does not
have are kept and have no effect.
"""
# ruff: noqa: N815  Isaac Gym names its fields so

from canter.sim.isaacgym.enums import (
    DEFAULT_VIEWER_HEIGHT,
    DEFAULT_VIEWER_WIDTH,
    ContactCollection,
    MeshNormalMode,
    UpAxis,
)
from canter.sim.isaacgym.fields import Choice, Flag, Integer, Nested, Number, Struct
from canter.sim.isaacgym.maths import Vec3
from canter.sim.isaacgym.poses import Transform


class PhysXParams(Struct):
    """Parameters of PhysX; docs/isaacgym.md says which have a counterpart in MuJoCo."""

    always_use_articulations = Flag(False)
    bounce_threshold_velocity = Number(0.2)
    contact_collection = Choice(ContactCollection.CC_ALL_SUBSTEPS)
    contact_offset = Number(0.02)
    default_buffer_size_multiplier = Number(2.0)
    friction_correlation_distance = Number(0.025)
    friction_offset_threshold = Number(0.04)
    max_depenetration_velocity = Number(100.0)
    max_gpu_contact_pairs = Integer(1024 * 1024)
    num_position_iterations = Integer(4)
    num_subscenes = Integer(0)
    num_threads = Integer(0)
    num_velocity_iterations = Integer(1)
    rest_offset = Number(0.001)
    solver_type = Integer(1)
    use_gpu = Flag(False)


class FlexParams(Struct):
    """Parameters of the FleX engine; they have no effect."""

    contact_regularization = Number(1e-6)
    deterministic_mode = Flag(False)
    dynamic_friction = Number(1.0)
    friction_mode = Integer(2)
    geometric_stiffness = Number(0.0)
    max_rigid_contacts = Integer(0)
    max_soft_contacts = Integer(0)
    num_inner_iterations = Integer(20)
    num_outer_iterations = Integer(4)
    particle_friction = Number(0.0)
    relaxation = Number(0.75)
    return_contacts = Flag(True)
    shape_collision_distance = Number(0.0)
    shape_collision_margin = Number(0.0)
    solver_type = Integer(5)
    static_friction = Number(1.0)
    warm_start = Number(0.4)


class SimParams(Struct):
    """Parameters of a simulation: step ``dt`` s in ``substeps`` parts, gravity m/s^2."""

    dt = Number(1 / 60)
    enable_actor_creation_warning = Flag(True)
    flex = Nested(FlexParams)
    gravity = Nested(lambda: Vec3(0.0, -9.8, 0.0))
    num_client_threads = Integer(0)
    physx = Nested(PhysXParams)
    stress_visualization = Flag(False)
    stress_visualization_max = Number(1e5)
    stress_visualization_min = Number(0.0)
    substeps = Integer(2)
    up_axis = Choice(UpAxis.UP_AXIS_Y)
    use_gpu_pipeline = Flag(False)


class PlaneParams(Struct):
    """The plane ``normal . x + distance = 0``."""

    distance = Number(0.0)
    dynamic_friction = Number(1.0)
    normal = Nested(lambda: Vec3(0.0, 1.0, 0.0))
    restitution = Number(0.0)
    segmentation_id = Integer(0)
    static_friction = Number(1.0)


class HeightFieldParams(Struct):
    """A grid of heights: spacings and the height of one unit, m; ``transform`` places it."""

    column_scale = Number(1.0)
    dynamic_friction = Number(1.0)
    nbColumns = Integer(0)
    nbRows = Integer(0)
    restitution = Number(0.0)
    row_scale = Number(1.0)
    segmentation_id = Integer(0)
    static_friction = Number(1.0)
    transform = Nested(Transform)
    vertical_scale = Number(1.0)


class TriangleMeshParams(Struct):
    """A ground of triangles; ``transform`` places it."""

    dynamic_friction = Number(1.0)
    nb_triangles = Integer(0)
    nb_vertices = Integer(0)
    restitution = Number(0.0)
    segmentation_id = Integer(0)
    static_friction = Number(1.0)
    transform = Nested(Transform)


class VhacdParams(Struct):
    """Parameters of the decomposition of meshes into convex parts; they have no effect."""

    alpha = Number(0.05)
    beta = Number(0.05)
    concavity = Number(0.0)
    convex_hull_approximation = Flag(True)
    convex_hull_downsampling = Integer(4)
    max_convex_hulls = Integer(64)
    max_num_vertices_per_ch = Integer(64)
    min_volume_per_ch = Number(0.0001)
    mode = Integer(0)
    ocl_acceleration = Flag(True)
    pca = Integer(0)
    plane_downsampling = Integer(4)
    project_hull_vertices = Flag(True)
    resolution = Integer(100_000)


class AssetOptions(Struct):
    """How an asset is loaded: SI units; velocity limits in m/s and rad/s."""

    angular_damping = Number(0.5)
    armature = Number(0.0)
    collapse_fixed_joints = Flag(False)
    convex_decomposition_from_submeshes = Flag(False)
    default_dof_drive_mode = Integer(0)
    density = Number(1000.0)
    disable_gravity = Flag(False)
    enable_gyroscopic_forces = Flag(True)
    fix_base_link = Flag(False)
    flip_visual_attachments = Flag(False)
    linear_damping = Number(0.0)
    max_angular_velocity = Number(64.0)
    max_linear_velocity = Number(1000.0)
    mesh_normal_mode = Choice(MeshNormalMode.FROM_ASSET)
    min_particle_mass = Number(1e-9)
    override_com = Flag(False)
    override_inertia = Flag(False)
    replace_cylinder_with_capsule = Flag(False)
    slices_per_cylinder = Integer(20)
    tendon_limit_stiffness = Number(1.0)
    thickness = Number(0.02)
    use_mesh_materials = Flag(False)
    use_physx_armature = Flag(True)
    vhacd_enabled = Flag(False)
    vhacd_params = Nested(VhacdParams)


class CameraProperties(Struct):
    """A camera: size in pixels, ``horizontal_fov`` in degrees, planes in m."""

    enable_tensors = Flag(False)
    far_plane = Number(2e6)
    height = Integer(DEFAULT_VIEWER_HEIGHT)
    horizontal_fov = Number(90.0)
    near_plane = Number(0.01)
    supersampling_horizontal = Integer(1)
    supersampling_vertical = Integer(1)
    use_collision_geometry = Flag(False)
    width = Integer(DEFAULT_VIEWER_WIDTH)
