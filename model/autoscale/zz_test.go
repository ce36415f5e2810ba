package autoscale_test
import ("testing";"fmt";"example.com/hasim/model/autoscale")
func TestZZ(t *testing.T){
 for _,n:=range []string{"legacy_window","fills","rates","broken_metric","percent_floats","zero","target_tracking"}{
 c:=parse(t,"testdata/rules/"+n+".txt"); var s autoscale.State
 k:=c.Kind; if k=="" {k="hpa"}
 for i,sy:=range c.Syncs{ p,_:=autoscale.New(k,sy.Config); d:=p.Sync(sy.At,&sy.Seen,&s); if i>3 && n!="fills" {continue}; for _,l:=range d.Explain(){fmt.Println(l)}; fmt.Println(autoscale.Targets(p,&s)); fmt.Println() }
 p,_:=autoscale.New(k,c.Syncs[0].Config)
 for _,l:=range autoscale.Describe("app",0,p,&s,nil){fmt.Println(l)}
}}
