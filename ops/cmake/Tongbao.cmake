# What every target of the tree shares: warnings, sanitizers, hardening, and three verbs.
#   tb_library(NAME SOURCES... LINK targets...)   a static library of one folder
#   tb_program(NAME SOURCES... LINK targets...)
#   tb_test(folder/test_name LINK targets...)     one cmocka executable per source file

add_library(tb_flags INTERFACE)
target_include_directories(tb_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
target_compile_options(tb_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wstrict-prototypes -Werror
    -fno-common -fstack-protector-strong)
if(TB_MUTANTS)
    target_compile_definitions(tb_flags INTERFACE TB_MUTANTS)
endif()
if(TB_SANITIZE)
    target_compile_options(tb_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(tb_flags INTERFACE -fsanitize=address,undefined)
else()
    target_compile_options(tb_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2> -fcf-protection)
    target_link_options(tb_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
if(TB_FUZZ)
    target_compile_options(tb_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

function(tb_library name)
    cmake_parse_arguments(A "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${name} STATIC ${A_SOURCES})
    target_link_libraries(${name} PUBLIC tb_flags ${A_LINK} PRIVATE ${A_PRIVATE_LINK})
endfunction()

function(tb_program name)
    cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
    add_executable(${name} ${A_SOURCES})
    target_link_libraries(${name} PRIVATE tb_flags ${A_LINK})
endfunction()

function(tb_test path)
    cmake_parse_arguments(A "" "NAME;TIMEOUT" "LINK;SOURCES" ${ARGN})
    if(NOT A_NAME)
        set(A_NAME ${path})
    endif()
    string(REPLACE "/" "_" target "${A_NAME}")
    add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/${path}.c ${A_SOURCES})
    target_link_libraries(${target} PRIVATE tb_flags ${A_LINK} PkgConfig::CMOCKA)
    target_compile_definitions(${target} PRIVATE TB_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TB_BINARY_DIR="${CMAKE_BINARY_DIR}")
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${A_NAME} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
    if(A_TIMEOUT)
        set_tests_properties(${A_NAME} PROPERTIES TIMEOUT ${A_TIMEOUT})
    else()
        set_tests_properties(${A_NAME} PROPERTIES TIMEOUT 120)
    endif()
endfunction()

# C from .proto files, compiled without our warnings.
function(tb_proto name)
    set(outputs)
    foreach(proto ${ARGN})
        add_custom_command(
            OUTPUT ${CMAKE_BINARY_DIR}/messages/${proto}.pb-c.c ${CMAKE_BINARY_DIR}/messages/${proto}.pb-c.h
            COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/messages
            COMMAND ${PROTOC_C} --proto_path=${CMAKE_SOURCE_DIR} --c_out=${CMAKE_BINARY_DIR} messages/${proto}.proto
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
            DEPENDS ${CMAKE_SOURCE_DIR}/messages/${proto}.proto)
        list(APPEND outputs ${CMAKE_BINARY_DIR}/messages/${proto}.pb-c.c)
    endforeach()
    add_library(${name} STATIC ${outputs})
    target_include_directories(${name} PUBLIC ${CMAKE_BINARY_DIR})
    target_link_libraries(${name} PUBLIC PkgConfig::PROTOBUF_C)
endfunction()
