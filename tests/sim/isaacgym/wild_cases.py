"""The table of wild robots by their traits, with what must come of each."""

import numpy as np

from tests.sim.isaacgym.wild_robots import (
    BALL,
    CORNERS,
    LIMIT,
    Wild,
    bomb,
    declared,
    hull,
    leg_mass,
    limits,
    loads,
    mesh,
    named,
    obj,
    refused,
    robot,
    stl,
    text_stl,
)


def _limit(lower: str, upper: str, rest: str = "") -> str:
    return f'<limit lower="{lower}" upper="{upper}" {rest}/>'


TEXTS: dict[str, Wild] = {
    "plain": loads(robot(), limits(-1, 1)),
    "utf8_mark": loads(b"\xef\xbb\xbf" + declared("utf-8").encode()),
    "utf16_mark": loads(declared("UTF-16", "jambe_é").encode("utf-16"), named("jambe_é", "hip")),
    "utf16_big_endian": loads(b"\xfe\xff" + declared("UTF-16", "é").encode("utf-16-be")),
    "utf16_without_mark": loads(declared("UTF-16", "é").encode("utf-16-le"), named("é", "hip")),
    "utf32_mark": loads(declared("UTF-32", "é").encode("utf-32"), named("é", "hip")),
    "latin1_declared": loads(declared("ISO-8859-1", "é").encode("latin-1"), named("é", "hip")),
    "windows_declared": loads(declared("windows-1252", "€").encode("cp1252"), named("€", "hip")),
    "gbk_declared": loads(declared("GBK", "腿").encode("gbk"), named("腿", "hip")),
    "shift_jis_declared": loads(declared("Shift_JIS", "足").encode("shift_jis")),
    "latin1_not_declared": refused(robot(leg="é").encode("latin-1"), "<?xml>", "save the file as"),
    "utf16_declared_only": refused(declared("UTF-16"), "<?xml>", "write encoding='UTF-8'"),
    "encoding_unknown": refused(declared("klingon"), "<?xml>", "save the file as UTF-8"),
    "encoding_no_text": refused(declared("zip"), "<?xml>", "save the file as UTF-8"),
    "encoding_punycode": refused(declared("punycode"), "<?xml>", "save the file as UTF-8"),
    "crlf": loads(robot().replace("\n", "\r\n")),
    "cr_alone": loads(robot().replace("\n", "\r")),
    "comments": loads(robot(more="<!-- <link name='base'/> -->", geometry="<!-- a -->" + BALL)),
    "instructions": loads("<?xml version='1.0'?><?xml-model href='a'?>" + robot(more="<?note a?>")),
    "doctype": loads("<!DOCTYPE robot>" + robot()),
    "doctype_external": loads("<!DOCTYPE robot SYSTEM 'http://example.invalid/a.dtd'>" + robot()),
    "entity": loads("<!DOCTYPE robot [<!ENTITY m '0.3'>]>" + robot(mass="&m;"), leg_mass(0.3)),
    "entity_of_a_file": refused(
        "<!DOCTYPE robot [<!ENTITY m SYSTEM 'file:///etc/hostname'>]>" + robot(leg="l&m;"),
        "<!DOCTYPE>",
        "delete them",
    ),
    "entity_bomb": refused(bomb(), "<!DOCTYPE>", "delete them"),
    "entity_of_parameters": refused(
        "<!DOCTYPE robot [<!ENTITY % m 'x'> %m;]>" + robot(), "<!DOCTYPE>", "delete them"
    ),
    "cdata": loads(robot(more="<gazebo><![CDATA[<a>]]></gazebo>")),
    "gazebo_and_transmission": loads(
        robot(more="<gazebo reference='leg'><mu1>1</mu1></gazebo><transmission name='t'/>")
    ),
    "prefix_without_namespace": loads(robot(more="<sensor:camera name='c'/>")),
    "default_namespace": loads(robot().replace("<robot", "<robot xmlns='http://www.ros.org'")),
    "xacro_namespace_only": loads(robot().replace("<robot", "<robot xmlns:xacro='http://xacro'")),
    "xacro_element": refused(
        robot(more="<xacro:leg/>").replace("<robot", "<robot xmlns:xacro='http://xacro'"),
        "xacro elements",
        "expand it first",
    ),
    "xacro_under_another_prefix": refused(
        robot(more="<x:leg/>").replace("<robot", "<robot xmlns:x='http://ros.org/wiki/xacro'"),
        "xacro elements",
        "expand it first",
    ),
    "xacro_in_a_number": refused(robot(mass="${m*2}"), "link 'leg': <mass>", "Expand it"),
    "xacro_in_a_name": refused(robot(leg="${prefix}leg"), "<link>", "Expand it with xacro"),
    "xacro_in_a_path": refused(mesh("$(find a)/b.stl"), "<mesh>", "Expand it with xacro"),
    "empty_file": refused("", "line 1", "export the robot again"),
    "space_before_the_declaration": loads("\r\n " + declared("utf-8")),
    "text_before_the_declaration": refused("# a\n" + declared("utf-8"), "line 1", "correct it"),
    "ends_early": refused(robot()[:-40], "broken XML at line", "export the robot again"),
    "nul_bytes": refused(robot().encode() + bytes(64), "broken XML", "export the robot again"),
    "web_page": refused("<html><body/></html>", "<html>", "Convert the model"),
    "sdf": refused("<sdf version='1.6'><model/></sdf>", "<sdf>", "Convert the model"),
    "lfs_pointer": refused("version https://git-lfs.github.com/spec/v1", "git LFS", "git lfs pull"),
    "very_deep": refused(
        "<robot name='r'>" + "<a>" * 200 + "</a>" * 200 + "</robot>", "<a>", "deep"
    ),
    "very_many_links": refused(
        robot(more="".join(f"<link name='l{k}'/>" for k in range(2000))), "<link>", "merge some"
    ),
}
"""Traits of the XML."""

JOINTS: dict[str, Wild] = {
    "locked_at_zero": loads(robot(_limit("0", "0", 'effort="0" velocity="0"')), limits(0, 0)),
    "locked_elsewhere": loads(robot(_limit("0.7", "0.7")), limits(0.7, 0.7)),
    "locked_slide": loads(robot(_limit("0.1", "0.1"), kind="prismatic"), limits(0.1, 0.1)),
    "range_of_a_hair": loads(robot(_limit("0", "1e-12"))),
    "lower_above_upper": refused(robot(_limit("1", "-1")), "joint 'hip': <limit>", "exchange"),
    "no_limit": loads(robot(""), limits(-np.inf, np.inf)),
    "limit_without_range": loads(
        robot('<limit effort="1" velocity="1"/>'), limits(-np.inf, np.inf)
    ),
    "limit_without_lower": loads(robot('<limit upper="1"/>'), limits(0, 1)),
    "continuous_with_range": loads(robot(kind="continuous"), limits(-np.inf, np.inf)),
    "range_infinite": loads(robot(_limit("-inf", "inf")), limits(-np.inf, np.inf)),
    "range_infinite_on_one_side": loads(robot(_limit("-Infinity", "1")), limits(-1e9, 1)),
    "range_huge": loads(robot(_limit("-1e+16", "1e+16")), limits(-np.inf, np.inf)),
    "range_overflows": loads(robot(_limit("-1e999", "1e999")), limits(-np.inf, np.inf)),
    "range_above_all": refused(robot(_limit("inf", "inf")), "<limit>", "write the range"),
    "range_nan": refused(robot(_limit("nan", "1")), "joint 'hip': <limit>", "leave the attribute"),
    "effort_infinite": loads(robot(_limit("-1", "1", 'effort="inf" velocity="INF"'))),
    "effort_huge": loads(robot(_limit("-1", "1", 'effort="1e30" velocity="1e30"'))),
    "effort_zero": loads(robot(_limit("-1", "1", 'effort="0" velocity="0"'))),
    "effort_negative": refused(robot(_limit("-1", "1", 'effort="-5"')), "<limit>", "its magnitude"),
    "effort_nan": refused(robot(_limit("-1", "1", 'effort="nan"')), "<limit>", "write the value"),
    "decimal_comma": refused(robot(_limit("-0,5", "0,5")), "<limit>", "with a point"),
    "degrees_sign": refused(robot(_limit("-30°", "30°")), "<limit>", "write decimal numbers"),
    "digits_with_underscores": refused(robot(_limit("-1", "1_0")), "<limit>", "decimal numbers"),
    "unicode_minus": refused(robot(_limit("\u22121", "1")), "<limit>", "write decimal numbers"),
    "unicode_digits": refused(robot(_limit("-1", "\uff11")), "<limit>", "write decimal numbers"),
    "plus_sign_and_spaces": loads(robot(_limit(" -1.0 ", " +1e0\n")), limits(-1, 1)),
    "mimic": loads(robot(LIMIT + '<mimic joint="nobody" multiplier="x"/>')),
    "mimic_infinite": loads(robot(LIMIT + '<mimic joint="hip" multiplier="inf"/>')),
    "calibration_and_safety": loads(
        robot(LIMIT + '<calibration rising="nan"/><safety_controller/>')
    ),
    "axis_zero": refused(robot(axis="0 0 0"), "joint 'hip': the axis", "the direction"),
    "axis_long": loads(robot(axis="0 1e5 0")),
    "axis_short": loads(robot(axis="0 1e-200 0")),
    "axis_commas": refused(robot(axis="0,1,0"), "joint 'hip': <axis>", "spaces between numbers"),
    "axis_of_two": refused(robot(axis="0 1"), "joint 'hip': <axis>", "decimal numbers"),
    "axis_missing": loads(robot().replace('<axis xyz="0 1 0"/>', "")),
    "damping_infinite": refused(
        robot(LIMIT + '<dynamics damping="inf"/>'), "<dynamics>", "write the value"
    ),
    "damping_negative": refused(
        robot(LIMIT + '<dynamics damping="-1"/>'), "<dynamics>", "losses are positive"
    ),
    "damping_huge": loads(robot(LIMIT + '<dynamics damping="1e5" friction="1e5"/>')),
    "type_floating": refused(robot(kind="floating"), "joint 'hip': type", "the types are"),
    "type_capital": refused(robot(kind="Revolute"), "joint 'hip': type", "the types are"),
    "type_missing": refused(robot(kind=""), "joint 'hip': <joint>", "write it"),
    "fixed_with_a_zero_axis": loads(robot(kind="fixed", axis="0 0 0")),
    "names_twice": refused(robot(leg="base"), "same name: base", "rename"),
    "joints_twice": refused(
        robot(more=robot()[robot().index("<joint") : robot().index("</robot>")]),
        "same name: hip",
        "rename",
    ),
    "parent_unknown": refused(
        robot().replace('parent link="base"', 'parent link="bas"'), "joint 'hip'", "the links are"
    ),
    "parent_is_the_child": refused(
        robot().replace('parent link="base"', 'parent link="leg"'),
        "form a cycle: leg",
        "let one joint's",
    ),
    "link_alone": refused(robot(more="<link name='imu'/>"), "no parent: base, imu", "connect"),
    "names_unicode": loads(robot(leg="左脚 🦿", hip="hüfte"), named("左脚 🦿", "hüfte")),
    "names_with_slashes": loads(robot(leg="a/b/0", hip="0/a"), named("a/b/0", "0/a")),
    "names_of_the_world": loads(robot(leg="world", hip="world"), named("world", "world")),
    "names_with_spaces": loads(robot(leg=" left  leg "), named("left  leg", "hip")),
    "names_escaped": loads(robot(leg="a&amp;b&lt;&#233;"), named("a&b<é", "hip")),
    "names_long": loads(robot(leg="l" * 10_000)),
}
"""Traits of joints and names."""

BODIES: dict[str, Wild] = {
    "mass_zero": loads(robot(mass="0")),
    "mass_zero_and_inertia_zero": loads(robot(mass="0", inertia="")),
    "mass_negative": refused(robot(mass="-1"), "link 'leg': <mass>", "write its weight"),
    "mass_huge": loads(robot(mass="1e6"), leg_mass(1e6)),
    "mass_beyond": refused(robot(mass="1e300"), "link 'leg': <mass>", "correct it"),
    "mass_tiny": loads(robot(mass="1e-300")),
    "mass_infinite": refused(robot(mass="inf"), "link 'leg': <mass>", "write the value"),
    "mass_as_text": refused(
        robot().replace('<mass value="0.3"/>', "<mass>0.3</mass>"), "link 'leg': <mass>", "write it"
    ),
    "inertia_zero": loads(robot(inertia="ixx='0' iyy='0' izz='0'")),
    "inertia_negative": loads(robot(inertia="ixx='-1' iyy='0.001' izz='0.001'")),
    "inertia_huge": loads(robot(inertia="ixx='1e6' iyy='1e6' izz='1e6'")),
    "inertia_of_no_body": loads(robot(inertia="ixx='1' iyy='1e-9' izz='1e-9'")),
    "inertia_off_diagonal": loads(robot(inertia="ixx='0.001' ixy='5' iyy='0.001' izz='0.001'")),
    "inertia_nan": refused(robot(inertia="ixx='nan'"), "link 'leg': <inertia>", "write the value"),
    "inertial_missing": loads("<robot><link name='a'/></robot>"),
    "sphere_of_zero": refused(robot(geometry='<sphere radius="0"/>'), "<sphere>", "give it"),
    "box_of_zero": refused(robot(geometry='<box size="0 0 0"/>'), "link 'leg': <box>", "give it"),
    "box_negative": refused(robot(geometry='<box size="-1 1 1"/>'), "link 'leg': <box>", "give it"),
    "cylinder_of_no_length": refused(
        robot(geometry='<cylinder radius="1" length="0"/>'), "<cylinder>", "delete the <collision>"
    ),
    "sphere_tiny": refused(robot(geometry='<sphere radius="1e-300"/>'), "<sphere>", "give it"),
    "sphere_far_away": loads(robot(place="0 0 1e6")),
    "sphere_beyond": refused(robot(place="0 0 1e30"), "link 'leg': <origin>", "correct it"),
    "collision_empty": refused(
        robot(more="<link name='x'><collision/></link>"), "link 'x': a <collision>", "delete the"
    ),
    "geometry_unknown": refused(robot(geometry="<plane/>"), "<plane>", "write one of them"),
    "origin_empty": loads(robot().replace('<origin xyz="0 0 -0.2"/>', "<origin/>")),
}
"""Traits of mass properties and primitives."""

MESHES: dict[str, Wild] = {
    "stl": loads(mesh("a.stl"), hull, a_stl=stl()),
    "stl_bytes_behind": loads(mesh("a.stl"), hull, a_stl=stl() + b"signed by a CAD\0\r\n"),
    "stl_ends_early": refused(mesh("a.stl"), "a.stl", "export it again", a_stl=stl()[:-9]),
    "stl_counts_too_many": refused(mesh("a.stl"), "a.stl", "export it", a_stl=stl(count=2**31)),
    "stl_counts_none": refused(mesh("a.stl"), "a.stl", "export it again", a_stl=stl(count=0)),
    "stl_called_solid": loads(mesh("a.stl"), hull, a_stl=b"solid" + stl()[5:]),
    "stl_text": loads(mesh("a.stl"), hull, a_stl=text_stl()),
    "stl_text_crlf": loads(mesh("a.stl"), hull, a_stl=text_stl(newline="\r\n")),
    "stl_text_capital": loads(mesh("a.stl"), hull, a_stl=text_stl("VERTEX")),
    "stl_text_mark": loads(mesh("a.stl"), hull, a_stl=b"\xef\xbb\xbf" + text_stl()),
    "stl_text_bytes_behind": loads(mesh("a.stl"), hull, a_stl=text_stl() + bytes(range(256))),
    "stl_text_commas": refused(mesh("a.stl"), "a.stl", "export it", a_stl=text_stl(comma=",")),
    "stl_nan": refused(mesh("a.stl"), "a.stl", "export it again", a_stl=stl(CORNERS * np.nan)),
    "stl_flat": refused(
        mesh("a.stl"), "a.stl", "give it thickness", a_stl=stl(CORNERS * [1, 1, 0])
    ),
    "stl_point": refused(mesh("a.stl"), "a.stl", "give it thickness", a_stl=stl(CORNERS * 0)),
    "stl_millimetres": loads(mesh("a.stl"), a_stl=stl(CORNERS * 1000)),
    "stl_far_away": refused(mesh("a.stl"), "a.stl", "correct the scale", a_stl=stl(CORNERS * 1e30)),
    "stl_web_page": refused(mesh("a.stl"), "a.stl", "export it", a_stl=b"<!DOCTYPE html><html>"),
    "stl_lfs_pointer": refused(
        mesh("a.stl"), "a.stl", "git lfs pull", a_stl=b"version https://git-lfs.github.com/spec/v1"
    ),
    "stl_empty": refused(mesh("a.stl"), "a.stl", "export it again", a_stl=b""),
    "obj": loads(mesh("a.obj"), hull, a_obj=obj()),
    "obj_mark": loads(mesh("a.obj"), hull, a_obj=b"\xef\xbb\xbf" + obj()),
    "obj_crlf": loads(mesh("a.obj"), hull, a_obj=obj().replace(b"\n", b"\r\n")),
    "obj_bytes_behind": loads(mesh("a.obj"), hull, a_obj=obj() + bytes(range(256))),
    "obj_materials": loads(mesh("a.obj"), hull, a_obj=obj("mtllib gone.mtl\nusemtl x\no é\n")),
    "obj_joined_lines": loads(mesh("a.obj"), hull, a_obj=obj().replace(b" 0.0\n", b" \\\n0.0\n")),
    "obj_face_of_nothing": refused(
        mesh("a.obj"), "a.obj", "export it again", a_obj=obj() + b"f 1 2 99999999999999999999\n"
    ),
    "obj_face_of_zero": refused(mesh("a.obj"), "a.obj", "export it", a_obj=obj() + b"f 0 1 2\n"),
    "dae": refused(mesh("a.dae"), "a.dae", "convert it to", a_dae=b"<COLLADA/>"),
    "no_suffix": refused(mesh("a.b/mesh"), "mesh", "not found"),
    "scale_negative": loads(mesh("a.stl", 'scale="1 -1 1"'), hull, a_stl=stl()),
    "scale_zero": refused(
        mesh("a.stl", 'scale="0 1 1"'), "a.stl", "give it thickness", a_stl=stl()
    ),
    "scale_of_one_number": refused(
        mesh("a.stl", 'scale="0.001"'), "link 'leg': <mesh>", "decimal numbers", a_stl=stl()
    ),
    "scale_tiny": refused(
        mesh("a.stl", 'scale="1e-6 1e-6 1e-6"'), "a.stl", "give it thickness", a_stl=stl()
    ),
    "path_of_a_package": loads(mesh("package://pack/m/a.stl"), hull, m__a_stl=stl()),
    "path_of_a_model": loads(mesh("model://pack/m/a.stl"), hull, m__a_stl=stl()),
    "path_escaped": loads(mesh("my%20mesh.stl"), hull, **{"my mesh_stl": stl()}),
    "path_escaped_in_a_package": loads(
        mesh("package://pack/my%20mesh.stl"), hull, **{"my mesh_stl": stl()}
    ),
    "path_with_a_percent": loads(mesh("my%20mesh.stl"), hull, **{"my%20mesh_stl": stl()}),
    "path_of_windows": loads(mesh("m\\a.stl"), hull, m__a_stl=stl()),
    "path_upwards": loads(mesh("m/../a.stl"), hull, m__b_stl=stl(), a_stl=stl()),
    "path_unicode": loads(mesh("足.stl"), hull, 足_stl=stl()),
    "path_missing": refused(mesh("file:///nowhere/a.stl"), "link 'leg': collision mesh", "put it"),
    "path_of_the_web": refused(mesh("https://example.invalid/a.stl"), "collision mesh", "put it"),
    "path_too_long": refused(mesh("m" * 5000 + ".stl"), "link 'leg': collision mesh", "put it"),
    "path_of_a_folder": refused(mesh("m"), "link 'leg': collision mesh", "put it", m__a_stl=stl()),
}
"""Traits of collision meshes and their paths."""

CASES: dict[str, Wild] = TEXTS | JOINTS | BODIES | MESHES
