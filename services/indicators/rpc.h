// The gRPC services of indicators: each method hands its request to the handler's method of the
// same name.
#pragma once

#include <vector>

#include "corridor/indicators/v1/context.grpc.pb.h"
#include "corridor/indicators/v1/indicator.grpc.pb.h"
#include "corridor/indicators/v1/observation.grpc.pb.h"
#include "corridor/indicators/v1/source.grpc.pb.h"
#include "corridor/indicators/v1/versions.grpc.pb.h"
#include "platform/server/serve.h"
#include "platform/server/unary.h"
#include "platform/versions/versions_rpc.h"
#include "services/indicators/handlers.h"

namespace corridor::indicators {

CORRIDOR_RESOURCE_RPC(Indicator, Indicators)
CORRIDOR_RESOURCE_RPC(Source, Sources)
CORRIDOR_RESOURCE_RPC(Dataset, Datasets)
CORRIDOR_RESOURCE_RPC(ContextNote, ContextNotes)

class TargetsRpc final : public server::HandlerService<v1::Targets, TargetHandler> {
 public:
  using HandlerService::HandlerService;

  CORRIDOR_RESOURCE_UNARY(Target, Targets)
  CORRIDOR_UNARY(Read, AssessTarget, v1::AssessTargetRequest, v1::TargetAssessment)
};

class SeriesRpc final : public server::HandlerService<v1::SeriesService, SeriesHandler> {
 public:
  using HandlerService::HandlerService;

  CORRIDOR_UNARY(Read, GetSeries, v1::GetSeriesRequest, v1::Series)
  CORRIDOR_UNARY(Read, ListSeries, v1::ListSeriesRequest, v1::ListSeriesResponse)
  CORRIDOR_UNARY(Write, UpdateSeries, v1::UpdateSeriesRequest, v1::Series)
  CORRIDOR_UNARY(Write, DeleteSeries, v1::DeleteSeriesRequest, google::protobuf::Empty)
  CORRIDOR_UNARY(Write, BatchUpdateSeries, v1::BatchUpdateSeriesRequest,
                 v1::BatchUpdateSeriesResponse)
  CORRIDOR_UNARY(Write, BatchDeleteSeries, v1::BatchDeleteSeriesRequest, google::protobuf::Empty)
};

class ObservationsRpc final : public server::HandlerService<v1::Observations, ObservationHandler> {
 public:
  using HandlerService::HandlerService;

  CORRIDOR_UNARY(Read, ListObservations, v1::ListObservationsRequest, v1::ListObservationsResponse)
  CORRIDOR_UNARY(Read, CompareSources, v1::CompareSourcesRequest, v1::CompareSourcesResponse)
  CORRIDOR_UNARY(Read, DeriveObservations, v1::DeriveObservationsRequest,
                 v1::DeriveObservationsResponse)
  CORRIDOR_UNARY(Write, WriteObservations, v1::WriteObservationsRequest,
                 v1::WriteObservationsResponse)
};

// All of them.
struct Rpc {
  Rpc(Handlers& handlers, versions::VersionsHandler& versions_handler, server::UnaryCalls& calls)
      : indicators(handlers.indicators, calls),
        sources(handlers.sources, calls),
        datasets(handlers.datasets, calls),
        series(handlers.series, calls),
        observations(handlers.observations, calls),
        context_notes(handlers.context_notes, calls),
        targets(handlers.targets, calls),
        versions(versions_handler, calls) {}

  std::vector<server::ServedService> Services() {
    return server::Served(indicators, sources, datasets, series, observations, context_notes,
                          targets, versions);
  }

  IndicatorsRpc indicators;
  SourcesRpc sources;
  DatasetsRpc datasets;
  SeriesRpc series;
  ObservationsRpc observations;
  ContextNotesRpc context_notes;
  TargetsRpc targets;
  versions::VersionsRpc<v1::Versions> versions;
};

}  // namespace corridor::indicators
