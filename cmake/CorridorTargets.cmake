# One helper per kind of target. Sources are named explicitly; every library has the alias corridor::<name>.

# corridor_library(NAME n SRCS a.cc… HDRS a.h… DEPS corridor::x… [GRPC])
# GRPC: needs grpc++, so it is left out of the fuzz tree.
function(corridor_library)
  cmake_parse_arguments(ARG "GRPC" "NAME" "SRCS;HDRS;DEPS" ${ARGN})
  if(ARG_GRPC AND CORRIDOR_FUZZ)
    return()
  endif()
  if(ARG_SRCS)
    add_library(corridor_${ARG_NAME} STATIC ${ARG_SRCS} ${ARG_HDRS})
    set_target_properties(corridor_${ARG_NAME} PROPERTIES EXCLUDE_FROM_ALL ${CORRIDOR_FUZZ})
    target_include_directories(corridor_${ARG_NAME} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(corridor_${ARG_NAME} PRIVATE corridor_warnings PUBLIC ${ARG_DEPS})
  else()
    add_library(corridor_${ARG_NAME} INTERFACE)
    target_include_directories(corridor_${ARG_NAME} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(corridor_${ARG_NAME} INTERFACE ${ARG_DEPS})
  endif()
  add_library(corridor::${ARG_NAME} ALIAS corridor_${ARG_NAME})
endfunction()

# corridor_server(NAME n SRCS main.cc DEPS …): one process of the suite.
function(corridor_server)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  if(CORRIDOR_FUZZ)
    return()
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE corridor_warnings ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# In the fuzz tree only those of platform/ are built, since every test runs in the other trees.
# corridor_test(NAME n SRCS n.cc DEPS … [GRPC] [TIMEOUT s] [ENV K=V…] [ARGS …]): one ctest test a binary.
function(corridor_test)
  cmake_parse_arguments(ARG "GRPC" "NAME;TIMEOUT" "SRCS;DEPS;ENV;ARGS" ${ARGN})
  if(CORRIDOR_FUZZ AND (ARG_GRPC OR NOT CMAKE_CURRENT_SOURCE_DIR MATCHES "^${PROJECT_SOURCE_DIR}/platform/"))
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE corridor_warnings ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} ${ARG_ARGS})
  set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "${ARG_ENV}")
endfunction()

# corridor_store_test(…): a corridor_test whose stores are TestDatabases: run on SQLite, and as <n>_on_postgres.
function(corridor_store_test)
  cmake_parse_arguments(ARG "GRPC" "NAME;TIMEOUT" "SRCS;DEPS;ENV;ARGS" ${ARGN})
  corridor_test(${ARGN})
  if(TARGET ${ARG_NAME})
    get_test_property(${ARG_NAME} TIMEOUT timeout)
    math(EXPR timeout "2 * ${timeout}")
    add_test(NAME ${ARG_NAME}_on_postgres COMMAND ${ARG_NAME} ${ARG_ARGS})
    set_tests_properties(${ARG_NAME}_on_postgres PROPERTIES TIMEOUT ${timeout}
                         ENVIRONMENT "CORRIDOR_TEST_STORE=postgres;${ARG_ENV}")
  endif()
endfunction()

# corridor_bench(NAME n SRCS n.cc DEPS …): a measurement that ./dev bench runs.
function(corridor_bench)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  if(CORRIDOR_FUZZ)
    return()
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE corridor_warnings ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endfunction()

# corridor_fuzz(NAME n SRCS n.cc DEPS … [CORPUS dir]): a libFuzzer target; its test runs twenty seconds.
function(corridor_fuzz)
  cmake_parse_arguments(ARG "" "NAME;CORPUS" "SRCS;DEPS" ${ARGN})
  if(NOT CORRIDOR_FUZZ)
    return()
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE corridor_warnings ${ARG_DEPS})
  target_link_options(${ARG_NAME} PRIVATE -fsanitize=fuzzer)
  set(found ${PROJECT_BINARY_DIR}/corpus/${ARG_NAME})
  file(MAKE_DIRECTORY ${found})
  set(seeds)
  if(ARG_CORPUS)
    set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_CORPUS})
  endif()
  add_test(NAME ${ARG_NAME}
           COMMAND ${ARG_NAME} -max_total_time=20 -timeout=5 -rss_limit_mb=2048 -print_final_stats=1
                   -artifact_prefix=${found}/ ${found} ${seeds})
  set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT 60 LABELS fuzz)
  # For ./dev fuzz: binary, corpus that grows, seeds if any; a line each.
  string(JOIN "\n" run $<TARGET_FILE:${ARG_NAME}> ${found} ${seeds})
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/fuzz/${ARG_NAME}.run CONTENT "${run}\n")
endfunction()

# corridor_test_contract(NAME n PROTO a.proto): a contract of tests, its descriptor set with imports and comments in a library
# as corridor_embed() makes it. `PROTO` may import google's.
function(corridor_test_contract)
  cmake_parse_arguments(ARG "" "NAME;PROTO" "" ${ARGN})
  get_filename_component(file ${ARG_PROTO} NAME)
  get_filename_component(base ${ARG_PROTO} NAME_WE)
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_PROTO} DIRECTORY)
  set(described ${CMAKE_CURRENT_BINARY_DIR}/${base}.binpb)
  add_custom_command(
    OUTPUT ${described}
    COMMAND protobuf::protoc --include_imports --include_source_info --descriptor_set_out=${described}
            -I${folder} -I${CORRIDOR_GOOGLE_PROTOS} ${file}
    DEPENDS ${folder}/${file} VERBATIM)
  corridor_embed(NAME ${ARG_NAME} FILES ${described})
endfunction()

# corridor_embed(NAME n FILES a.sql…): a library with the files' contents, declared in <n>.h of its own include folder
# as `extern const std::vector<corridor::EmbeddedFile> n;` (see platform/embedded_file.h), ordered as given.
function(corridor_embed)
  cmake_parse_arguments(ARG "" "NAME" "FILES;DEPENDS" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(code "// Generated by corridor_embed.\n#include \"${ARG_NAME}.h\"\n\n")
  set(table "")
  set(inputs)
  set(i 0)
  foreach(file IN LISTS ARG_FILES)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(GET file FILENAME base)
    set(symbol corridor_embedded_${ARG_NAME}_${i})
    string(APPEND code "asm(\".pushsection .rodata\\n.global ${symbol}\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n\"\n"
                       "    \".global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.popsection\\n\");\n"
                       "extern \"C\" const char ${symbol}[];\nextern \"C\" const char ${symbol}_end[];\n")
    string(APPEND table "    {\"${base}\", {${symbol}, static_cast<size_t>(${symbol}_end - ${symbol})}},\n")
    list(APPEND inputs ${file})
    math(EXPR i "${i} + 1")
  endforeach()
  string(APPEND code "\nconst std::vector<corridor::EmbeddedFile> ${ARG_NAME} = {\n${table}};\n")
  file(CONFIGURE OUTPUT ${dir}/${ARG_NAME}.cc CONTENT "${code}" @ONLY)
  file(CONFIGURE OUTPUT ${dir}/${ARG_NAME}.h @ONLY CONTENT
       "#pragma once\n#include \"platform/embedded_file.h\"\nextern const std::vector<corridor::EmbeddedFile> ${ARG_NAME};\n")
  set_source_files_properties(${dir}/${ARG_NAME}.cc PROPERTIES OBJECT_DEPENDS "${inputs}")
  add_library(corridor_${ARG_NAME} STATIC ${dir}/${ARG_NAME}.cc)
  set_target_properties(corridor_${ARG_NAME} PROPERTIES EXCLUDE_FROM_ALL ${CORRIDOR_FUZZ})
  target_include_directories(corridor_${ARG_NAME} PUBLIC ${dir} ${PROJECT_SOURCE_DIR})
  add_library(corridor::${ARG_NAME} ALIAS corridor_${ARG_NAME})
endfunction()

# corridor_proto(NAME n PROTOS corridor/x/v1/a.proto… DEPS … [GRPC]): C++ for contracts of proto/, relative to it.
# With GRPC also their services, as corridor::<n>_grpc.
function(corridor_proto)
  cmake_parse_arguments(ARG "GRPC" "NAME;ROOT" "PROTOS;DEPS" ${ARGN})
  if(NOT ARG_ROOT)
    set(ARG_ROOT ${PROJECT_SOURCE_DIR}/proto)
  endif()
  set(out ${PROJECT_BINARY_DIR}/proto)
  file(MAKE_DIRECTORY ${out})
  set(srcs)
  set(grpc_srcs)
  foreach(proto IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    add_custom_command(
      OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND protobuf::protoc --cpp_out=${out} -I${PROJECT_SOURCE_DIR}/proto -I${CORRIDOR_GOOGLE_PROTOS} ${proto}
      DEPENDS ${ARG_ROOT}/${proto} VERBATIM)
    list(APPEND srcs ${out}/${stem}.pb.cc)
    if(ARG_GRPC AND NOT CORRIDOR_FUZZ)
      add_custom_command(
        OUTPUT ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h
        COMMAND protobuf::protoc --grpc_out=${out} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>
                -I${PROJECT_SOURCE_DIR}/proto -I${CORRIDOR_GOOGLE_PROTOS} ${proto}
        DEPENDS ${ARG_ROOT}/${proto} VERBATIM)
      list(APPEND grpc_srcs ${out}/${stem}.grpc.pb.cc)
    endif()
  endforeach()
  add_library(corridor_${ARG_NAME} STATIC ${srcs})
  set_target_properties(corridor_${ARG_NAME} PROPERTIES EXCLUDE_FROM_ALL ${CORRIDOR_FUZZ})
  target_include_directories(corridor_${ARG_NAME} SYSTEM PUBLIC ${out})
  target_link_libraries(corridor_${ARG_NAME} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  add_library(corridor::${ARG_NAME} ALIAS corridor_${ARG_NAME})
  if(grpc_srcs)
    add_library(corridor_${ARG_NAME}_grpc STATIC ${grpc_srcs})
    target_link_libraries(corridor_${ARG_NAME}_grpc PUBLIC corridor_${ARG_NAME} gRPC::grpc++)
    add_library(corridor::${ARG_NAME}_grpc ALIAS corridor_${ARG_NAME}_grpc)
  endif()
endfunction()
