// Command grpc_gateway is a peer that ./dev bench gateway measures the gateway against: grpc-gateway v1 before the same
// services, with the same JSON, over HTTP/1.1 and HTTP/2. The bench has protoc generate what it imports from corridor.example, from proto/.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	indicators "corridor.example/proto/corridor/indicators/v1"
	memberstates "corridor.example/proto/corridor/memberstates/v1"
)

type register func(context.Context, *runtime.ServeMux, string, []grpc.DialOption) error

func main() {
	listen := flag.String("listen", "", "host and port to serve HTTP on")
	forMemberstates := flag.String("memberstates", "", "host and port of memberstates")
	forIndicators := flag.String("indicators", "", "host and port of indicators")
	flag.Parse()

	mux := runtime.NewServeMux(runtime.WithMarshalerOption(
		runtime.MIMEWildcard, &runtime.JSONPb{OrigName: false, EmitDefaults: true}))
	insecurely := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	connect := func(register register, address string) {
		if err := register(context.Background(), mux, address, insecurely); err != nil {
			log.Fatal(err)
		}
	}
	connect(memberstates.RegisterMembershipsHandlerFromEndpoint, *forMemberstates)
	connect(indicators.RegisterObservationsHandlerFromEndpoint, *forIndicators)
	log.Fatal(http.ListenAndServe(*listen, h2c.NewHandler(mux, &http2.Server{})))
}
