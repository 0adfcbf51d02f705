"""The 200 symbols of Isaac Gym that public legged-robot code uses, and those without an effect.

The 200 are what an inspection of legged_gym and twelve repositories of its kind found in use. Each
table maps an owner to names: ``gymapi``, ``gym`` (the object of all calls), another module, a
struct, or ``dof_props`` (the records of joint properties).
"""

CORE = {
    "gymapi": (
        "AssetOptions CameraProperties CoordinateSpace DOMAIN_ENV DOMAIN_SIM ENV_SPACE "
        "FOLLOW_POSITION FOLLOW_TRANSFORM HeightFieldParams IMAGE_COLOR IMAGE_DEPTH IndexDomain "
        "KEY_A KEY_D KEY_ESCAPE KEY_F KEY_LEFT_BRACKET KEY_RIGHT_BRACKET KEY_S KEY_SPACE KEY_V "
        "KEY_W KeyboardInput PlaneParams Quat SIM_FLEX SIM_PHYSX SimParams Transform "
        "TriangleMeshParams Vec3 acquire_gym"
    ),
    "gym": (
        "acquire_actor_root_state_tensor acquire_dof_force_tensor acquire_dof_state_tensor "
        "acquire_force_sensor_tensor acquire_net_contact_force_tensor "
        "acquire_rigid_body_state_tensor add_ground add_heightfield add_triangle_mesh "
        "apply_rigid_body_force_tensors attach_camera_to_body clear_lines create_actor "
        "create_asset_force_sensor create_camera_sensor create_env create_sim create_viewer "
        "destroy_sim destroy_viewer draw_viewer end_access_image_tensors fetch_results "
        "find_actor_dof_handle find_actor_rigid_body_handle find_actor_rigid_body_index "
        "find_asset_rigid_body_index get_actor_dof_properties get_actor_handle "
        "get_actor_rigid_body_handle get_actor_rigid_body_names get_actor_rigid_body_properties "
        "get_actor_rigid_shape_properties get_actor_root_rigid_body_handle get_asset_dof_count "
        "get_asset_dof_names get_asset_dof_properties get_asset_rigid_body_count "
        "get_asset_rigid_body_names get_asset_rigid_shape_properties get_camera_image "
        "get_camera_image_gpu_tensor get_camera_transform get_elapsed_time get_sim_params "
        "get_sim_time get_viewer_camera_transform load_asset poll_viewer_events prepare_sim "
        "query_viewer_action_events query_viewer_has_closed refresh_actor_root_state_tensor "
        "refresh_dof_state_tensor refresh_force_sensor_tensor refresh_net_contact_force_tensor "
        "refresh_rigid_body_state_tensor render_all_camera_sensors set_actor_dof_properties "
        "set_actor_rigid_body_properties set_actor_rigid_shape_properties "
        "set_actor_root_state_tensor set_actor_root_state_tensor_indexed "
        "set_asset_rigid_shape_properties set_camera_location set_camera_transform "
        "set_dof_actuation_force_tensor set_dof_state_tensor_indexed set_sim_params simulate "
        "start_access_image_tensors step_graphics subscribe_viewer_keyboard_event sync_frame_time "
        "viewer_camera_look_at write_viewer_image_to_file"
    ),
    "gymtorch": "unwrap_tensor wrap_tensor",
    "gymutil": (
        "AxesGeometry WireframeBoxGeometry WireframeSphereGeometry draw_line draw_lines "
        "parse_arguments parse_device_str parse_sim_config"
    ),
    "terrain_utils": (
        "SubTerrain convert_heightfield_to_trimesh discrete_obstacles_terrain "
        "pyramid_sloped_terrain pyramid_stairs_terrain random_uniform_terrain "
        "stepping_stones_terrain"
    ),
    "torch_utils": (
        "get_axis_params get_euler_xyz normalize quat_apply quat_conjugate quat_from_angle_axis "
        "quat_from_euler_xyz quat_mul quat_rotate quat_rotate_inverse tf_apply tf_inverse "
        "to_torch torch_rand_float"
    ),
    "ActionEvent": "action value",
    "AssetOptions": (
        "angular_damping armature collapse_fixed_joints default_dof_drive_mode density "
        "disable_gravity fix_base_link flip_visual_attachments linear_damping "
        "max_angular_velocity max_linear_velocity replace_cylinder_with_capsule thickness"
    ),
    "CameraProperties": "enable_tensors far_plane height horizontal_fov near_plane width",
    "HeightFieldParams": (
        "column_scale dynamic_friction nbColumns nbRows restitution row_scale static_friction "
        "transform vertical_scale"
    ),
    "PhysXParams": "num_subscenes num_threads use_gpu",
    "PlaneParams": "dynamic_friction normal restitution static_friction",
    "RigidBodyProperties": "com inertia mass",
    "RigidShapeProperties": "friction restitution",
    "SimParams": "dt gravity physx use_gpu_pipeline",
    "Transform": "p r",
    "TriangleMeshParams": (
        "dynamic_friction nb_triangles nb_vertices restitution static_friction transform"
    ),
    "dof_props": "armature damping effort friction lower upper velocity",
}
"""The 200."""

NO_EFFECT = {
    "gym": (
        "begin_aggregate draw_viewer end_access_image_tensors end_aggregate fetch_results "
        "poll_viewer_events query_viewer_action_events query_viewer_has_closed "
        "start_access_image_tensors step_graphics subscribe_viewer_keyboard_event "
        "subscribe_viewer_mouse_event sync_frame_time"
    ),
    "ActionEvent": "action value",
    "AssetOptions": ("flip_visual_attachments max_angular_velocity max_linear_velocity thickness"),
    "CameraProperties": "enable_tensors",
    "PhysXParams": "num_subscenes num_threads use_gpu",
    "SimParams": "use_gpu_pipeline",
}
"""Symbols that are accepted and change nothing: there is no window, or MuJoCo has no such thing."""
